// A page of Angular: signs in, and lists the inbox.
import { Component, inject, Injectable, provideZonelessChangeDetection, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
import { type Account, type Client, createClient } from 'exo365';

@Injectable({ providedIn: 'root' })
class Mailbox {
  readonly state = signal('loading');
  readonly account = signal<Account | null>(null);
  readonly subjects = signal<string[]>([]);
  #client: Client | undefined;

  async open() {
    const client = await createClient({ endpoint: '/auth' });
    this.#client = client;
    this.account.set(client.account);
    this.state.set(client.account?.username ?? 'signed out');
    if (!client.account) return;
    const { items } = await client.mail.messages.list({ select: ['subject'], top: 5 });
    for (const { id } of items.slice(0, 1)) await client.mail.messages.update(id, { isRead: true });
    this.subjects.set(items.map(({ subject }) => subject ?? ''));
  }
  signIn() {
    return this.#client?.signIn();
  }
}

@Component({
  selector: 'app-root',
  template: `
    <p id="state">{{ mailbox.state() }}</p>
    <button id="signin" (click)="mailbox.signIn()">Sign in</button>
    <ul id="inbox">
      @for (subject of mailbox.subjects(); track $index) {
        <li>{{ subject }}</li>
      }
    </ul>
  `,
})
class App {
  readonly mailbox = inject(Mailbox);
  constructor() {
    this.mailbox.open().catch((error) => this.mailbox.state.set(`${error.code}: ${error.message}`));
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] }).catch(console.error);
