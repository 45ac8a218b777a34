// What the build makes of the module where a script imports it.
declare const base64: string;
export default base64;
