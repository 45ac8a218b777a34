// A sign-in in a window of its own, as a person does it.
import { PASSWORD } from './harness.mjs';

/** Calls `method` with a window of its own within a click, and gives that window. */
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
/** What the call that began in the click has come to. */
export const result = async (page) => (await page.waitForFunction(() => globalThis.result)).jsonValue();

/** Chooses in the window, which closes itself at the end. Whom the sign-in service knows it does not ask again. */
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
  // Where everything is granted already the window is gone before there is anything to click.
  await Promise.race([closed, clicked().catch(() => closed)]);
  await closed;
}
