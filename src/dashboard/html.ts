/** The page. Everything in it is filled in by its modules. */
export function renderPage(basePath: string): string {
  const base = basePath.replaceAll(/[^\w/.-]/g, '')
  return `<!doctype html>
<html lang="en" data-base="${base}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>Stalemate</title>
    <link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='8' height='8'/%3E%3Crect x='8' y='8' width='8' height='8'/%3E%3C/svg%3E" />
    <link rel="stylesheet" href="${base}/assets/uplot.css" />
    <link rel="stylesheet" href="${base}/assets/page.css" />
    <script src="${base}/assets/uplot.js" defer></script>
    <script src="${base}/assets/main.js" type="module"></script>
  </head>
  <body>
    <a class="skip" href="#main">Skip to the content</a>
    <header id="top">
      <h1>Stalemate <span id="ruleset"></span></h1>
      <p id="status" role="status"></p>
      <nav aria-label="Views" id="views"></nav>
    </header>
    <p id="notice" hidden></p>
    <main id="main" tabindex="-1"></main>
    <noscript>This page needs JavaScript.</noscript>
  </body>
</html>
`
}
