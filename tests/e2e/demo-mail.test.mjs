// The demo: HTML mail in its frame.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { inEachBrowser, press, quiet, reads, visit } from './demo.mjs';
import { listen } from './processes.mjs';

const MAIL = `<html><head><style>
    .warm { color: rgb(200, 80, 0); background: url(https://pixel.example/a.png) }
  </style></head>
  <body bgcolor="#eeeeff" style="margin: 0" onload="parent.hurt = 1">
  <p id="app" style="color: rgb(0, 0, 200); position: fixed">Styled</p><p class="warm">By a sheet</p>
  <script>parent.hurt = 1</script><img src=x onerror="parent.hurt = 1"><svg onload="parent.hurt = 1"></svg>
  <a href="javascript:parent.hurt = 1" class="js">Script</a><a href="https://www.contoso.example/" class="web">Web</a>
  <form action="https://evil.example/"><input name="password"><button>Send</button></form>
  <iframe src="https://evil.example/"></iframe><base href="https://evil.example/">
  <img class="remote" src="https://pixel.example/b.png" alt="A chart">
  <div style="height: 900px">Long</div><p class="end">End</p>
  </body></html>`;

const DOT = Buffer.from('R0lGODlhAQABAIAAAAAAAP///ywAAAAAAQABAAACAUwAOw==', 'base64');
/** The paths that were asked for at the server of the sender's pictures. */
const asked = [];
const pictures = createServer((request, response) => {
  asked.push(request.url);
  response.setHeader('content-type', 'image/gif').end(DOT);
});
const PICTURES = `http://localhost:${await listen(pictures)}`;
pictures.unref();

/** Puts the mail into the inbox and opens it; gives the document of the frame. */
async function openMail(page, html) {
  const id = await page.evaluate(async (html) => {
    const { createClient } = await import('./vendor/exo365/index.js');
    const client = await createClient({ endpoint: '/auth' });
    const body = { subject: 'A page of a stranger', body: { contentType: 'html', content: html } };
    const { id } = await client.mail.folder('inbox').messages.create(/** @type {any} */ (body));
    return id;
  }, html);
  await visit(page, `#/mail/inbox/${encodeURIComponent(id)}`, 'iframe.body-frame');
  await page.waitForFunction(() => document.querySelector('iframe').contentDocument.querySelector('.end'));
}

inEachBrowser(
  (it) => {
    test('HTML mail is shown with its styles and its whole length, and nothing in it acts', async () => {
      const page = await it.signedIn();
      const requested = [];
      page.on('request', (request) => requested.push(request.url()));
      await openMail(page, MAIL);
      const seen = await page.evaluate(() => {
        const frame = document.querySelector('iframe');
        const inner = frame.contentDocument;
        const style = (selector) => getComputedStyle(inner.querySelector(selector));
        return {
          blue: style('p').color,
          position: style('p').position,
          warm: style('.warm').color,
          font: style('body').fontFamily,
          sheets: inner.adoptedStyleSheets.length,
          whole: frame.clientHeight >= inner.querySelector('.end').getBoundingClientRect().bottom,
          tags: [...inner.body.querySelectorAll('*')].map((one) => one.localName),
          script: inner.querySelector('.js')?.getAttribute('href'),
          web: ['href', 'target', 'rel'].map((name) => inner.querySelector('.web').getAttribute(name)),
          attributes: [...inner.querySelectorAll('*')]
            .flatMap((one) => one.getAttributeNames())
            .filter((name) => /^on|^id$/.test(name)),
          hurt: 'hurt' in globalThis,
          sandbox: frame.getAttribute('sandbox'),
        };
      });
      assert.equal(seen.blue, 'rgb(0, 0, 200)');
      assert.equal(seen.position, 'static');
      assert.equal(seen.warm, 'rgb(200, 80, 0)');
      assert.match(seen.font, /sans-serif/);
      assert.equal(seen.sheets, 2);
      assert.ok(seen.whole, 'the frame is as high as the message');
      for (const tag of ['script', 'svg', 'form', 'input', 'button', 'iframe', 'base'])
        assert.ok(!seen.tags.includes(tag), tag);
      assert.equal(seen.script ?? null, null);
      assert.deepEqual(seen.web, ['https://www.contoso.example/', '_blank', 'noopener noreferrer']);
      assert.deepEqual(seen.attributes, []);
      assert.equal(seen.hurt, false);
      assert.doesNotMatch(seen.sandbox, /allow-scripts|allow-forms|allow-top/);
      assert.deepEqual(
        requested.filter((url) => /example/.test(url)),
        [],
      );
      quiet(page);
    });

    test('pictures of other servers are loaded when the user asks for it, and not before', async () => {
      const page = await it.signedIn();
      const mark = `/${it.kind}`;
      await openMail(
        page,
        `<p style="background: url(${PICTURES}${mark}-style.gif)">Look</p>
       <img class="remote" src="${PICTURES}${mark}.gif" alt="">
       <img src="//localhost:1${mark}.gif" alt=""><p class="end">End</p>`,
      );
      await reads(page, 'Pictures from other servers are not loaded');
      assert.deepEqual(
        asked.filter((path) => path.startsWith(mark)),
        [],
      );
      await press(page, 'Load pictures');
      await page.waitForFunction(() => {
        const inner = document.querySelector('iframe').contentDocument;
        const picture = /** @type {HTMLImageElement} */ (inner.querySelector('img.remote'));
        return picture?.naturalWidth === 1;
      });
      assert.ok(asked.includes(`${mark}.gif`));
      await reads(page, 'This site does not allow pictures from other servers.'); // of the second server
    });
  },
  { engines: true, endpoint: { page_images: [PICTURES] } },
);
