/** What the three apps have in common. */
export function show(name, messages) {
  document.querySelector('#state').textContent = name;
  document
    .querySelector('#inbox')
    .replaceChildren(
      ...messages.map(({ subject }) => Object.assign(document.createElement('li'), { textContent: subject })),
    );
}
