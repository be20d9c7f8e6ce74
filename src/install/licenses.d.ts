/** Licence files of packages, taken into the program as text. */
declare module '*/LICENSE' {
  const text: string
  export default text
}
declare module '*/LICENSE.md' {
  const text: string
  export default text
}
