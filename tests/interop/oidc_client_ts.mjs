// spa.mjs in Debian's Chromium, served from an origin of its own: a person signs in on the hosted pages as they are.
// {issuer, client_id, port, tls?: {certificate, key}, email, password} → what the page and its person saw
import { readFileSync } from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import { answer, launch, question } from './browser.mjs';

const ask = await question();
const TYPES = { html: 'text/html', js: 'text/javascript', mjs: 'text/javascript', json: 'application/json' };

function contentOf(path) {
  if (path === '/configuration.json') {
    return JSON.stringify({ authority: ask.issuer, client_id: ask.client_id });
  }
  return readFileSync(new URL(TYPES[path.split('.').at(-1)] ? `.${path}` : './spa.html', import.meta.url));
}

function serve(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  try {
    response.writeHead(200, { 'Content-Type': TYPES[pathname.split('.').at(-1)] ?? TYPES.html }).end(contentOf(pathname));
  } catch {
    response.writeHead(404).end();
  }
}

const server = ask.tls
  ? https.createServer({ cert: readFileSync(ask.tls.certificate), key: readFileSync(ask.tls.key) }, serve)
  : http.createServer(serve);
await new Promise((resolve) => server.listen(ask.port, '127.0.0.1', resolve));
const origin = `${ask.tls ? 'https' : 'http'}://127.0.0.1:${ask.port}`;

const browser = await launch();
const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: 'en' });
const page = await context.newPage();
const wrong = [];
page.on('pageerror', (error) => wrong.push(error.message));
page.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));

async function said() {
  await page.waitForFunction("!['', '…'].includes(document.getElementById('status')?.textContent ?? '')");
  return page.textContent('#status');
}

async function press(id) {
  await page.click(`#${id}`);
  return { status: await said(), user: JSON.parse(await page.textContent('#user') || 'null') };
}

async function signIn() {
  await page.click('#sign-in');
  await page.fill('#username', ask.email);
  await page.fill('#password', ask.password);
  await page.click('#submit');
  await page.click('#allow');
  await page.waitForURL(`${origin}/**`);
  return { status: await said(), user: JSON.parse(await page.textContent('#user') || 'null') };
}

// As the page would, from its own origin: until UserInfo answers with this status, since a front may hear of an end a moment later.
function userinfoAnswers(status, token) {
  const asked = `fetch(${JSON.stringify(`${ask.issuer}/userinfo`)}, { headers: { Authorization: 'Bearer ${token}' } })`;
  return page.waitForFunction(`${asked}.then((reply) => reply.status === ${status})`, undefined, { polling: 100 });
}

await page.goto(origin);
const before = await said();
const signedIn = await signIn();
const renewed = await press('renew');
await userinfoAnswers(200, renewed.user.access_token);
const givenBack = await press('revoke');
const loud = wrong.splice(0);
await userinfoAnswers(401, renewed.user.access_token);
await page.click('#sign-out');
await page.waitForURL(`${origin}/signed-out**`);
const signedOut = { status: await said(), path: new URL(page.url()).pathname };
await page.click('#sign-in');
await page.waitForSelector('#password');
const asked = new URL(page.url()).pathname;
await browser.close();
server.close();
answer({ before, signedIn, renewed, givenBack, signedOut, asked, loud });
