// Where the package is found by a page: as files beside it, or as the global of the script tag.

declare module '*/vendor/exo365/index.js' {
  export * from 'exo365';
}

declare const Exo365: typeof import('exo365');

// What the demo uses of DOMPurify: with `RETURN_DOM` and `WHOLE_DOCUMENT` it gives the `html` element.
declare module '*/vendor/dompurify/index.js' {
  const DOMPurify: { sanitize(html: string, config: object): HTMLElement };
  export default DOMPurify;
}
