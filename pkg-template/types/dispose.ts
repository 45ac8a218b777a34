// `Symbol.dispose`, for compilers and settings that do not have it.
export {};

declare global {
  // TypeScript 5.0 and 5.1 do not have them, and later versions have them only in `esnext.disposable`.
  interface SymbolConstructor {
    /** The method that `using` calls at the end of its block. */
    readonly dispose: unique symbol;
  }
  /** What `using` takes. */
  interface Disposable {
    /** Ends the use of the object. */
    [Symbol.dispose](): void;
  }
}
