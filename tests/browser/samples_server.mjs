// Serves what tests/golden/page_samples wrote, with the headers the product sends: the content security policy is in force.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";

const TYPES = { css: "text/css; charset=utf-8", js: "text/javascript; charset=utf-8" };

function headersOf(text) {
  const [status, ...lines] = text.trim().split("\n");
  return [Number(status), Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)]))];
}

// `posted` gets the body of every form; `look` names the style sheet served as brand.css.
export async function serve(directory, look = "plain") {
  const posted = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    if (request.method === "POST") {
      let body = "";
      request.on("data", (part) => (body += part));
      request.on("end", () => {
        posted.push(Object.fromEntries(new URLSearchParams(body)));
        response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><title>posted</title><p id=posted>posted");
      });
      return;
    }
    const asset = /^\/realms\/acme\/(?:assets\/([a-z]+\.(css|js))|brand\.(css))$/.exec(path);
    const page = /^\/([a-z]{2}\/[a-z_]+)$/.exec(path);
    try {
      if (asset) {
        const name = asset[1] ?? `${look}.css`;
        response.writeHead(200, { "Content-Type": TYPES[asset[2] ?? "css"], "X-Content-Type-Options": "nosniff" });
        response.end(readFileSync(join(directory, "assets", name)));
      } else if (page) {
        const [status, headers] = headersOf(readFileSync(join(directory, `${page[1]}.headers`), "utf8"));
        response.writeHead(status, headers).end(readFileSync(join(directory, `${page[1]}.html`)));
      } else {
        response.writeHead(404).end();
      }
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  return { base: `http://localhost:${server.address().port}`, posted, close: () => server.close() };
}
