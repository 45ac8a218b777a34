// Where the package is found by a page: as files beside it, or as the global of the script tag.

declare module '*/vendor/exo365/index.js' {
  export * from 'exo365';
}

declare const Exo365: typeof import('exo365');
