// The script tag's own address, in place of `import.meta.url`; known only while the script runs for the first time.
export const scriptAddress = document.currentScript?.src;
