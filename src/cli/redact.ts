/** Hides the passwords of connection URLs, and of `password=` anywhere, in a text meant for people. */
export const redactSecrets = (text: string): string =>
  text
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/[^:/?#\s]*):\S*@/gi, '$1:***@')
    .replaceAll(/(\bpassword=)[^&\s]+/gi, '$1***')
