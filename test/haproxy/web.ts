/** A web server that answers with its name: `bun web.ts NAME`. */
Bun.serve({ port: 8080, fetch: () => new Response(process.argv[2]) })
