/** Shows the user and the subjects: the common part of the three apps. */
export function show(name, messages) {
  document.querySelector('#state').textContent = name;
  document
    .querySelector('#inbox')
    .replaceChildren(
      ...messages.map(({ subject }) => Object.assign(document.createElement('li'), { textContent: subject })),
    );
}
