// A sign-in by a pop-up window, as a user does it.
import { PASSWORD } from './harness.mjs';

/** Calls `method` of the client in pop-up mode, within a click; gives the pop-up window. */
export async function inWindow(page, method, options = {}) {
  await page.evaluate(
    ([method, options]) => {
      globalThis.result = undefined;
      const button = document.body.appendChild(document.createElement('button'));
      button.id = 'go';
      button.onclick = () => {
        button.remove();
        client[method]({ mode: 'popup', ...options }).then(
          (value) => {
            globalThis.result = { value };
          },
          ({ code, message }) => {
            globalThis.result = { code, message };
          },
        );
      };
    },
    [method, options],
  );
  const [popup] = await Promise.all([page.context().waitForEvent('page'), page.click('#go')]);
  return popup;
}
/** The outcome of the call that began in the click: `{ value }`, or the code and the message of its error. */
export const result = async (page) => (await page.waitForFunction(() => globalThis.result)).jsonValue();

/** Chooses the account and the consent in the window, which closes itself at the end. */
export async function answer(popup, user, consent = 'accept') {
  const closed = popup.waitForEvent('close');
  const account = popup.locator(`button[data-account="${user}"]`);
  const decide = popup.locator(`#${consent}`);
  const clicked = async () => {
    await account.or(decide).first().waitFor();
    if (await account.count()) await account.click();
    const password = popup.locator('input[name=passwd]');
    if (await password.count()) await password.fill(PASSWORD);
    await decide.click();
  };
  // If everything is granted already, the window closes before there is anything to click.
  await Promise.race([closed, clicked().catch(() => closed)]);
  await closed;
}
