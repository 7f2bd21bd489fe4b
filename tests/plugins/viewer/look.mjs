// Opens a page in headless Chromium, does what it is told, and writes down what it saw.
//
//   node look.mjs CONFORMANCE_FOLDER CHROMIUM JOBS.json REPORT.json
//
// JOBS is a list of {url, steps, width, height}; a step is {press}, {click}, {choose: [selector, value]}, {wait},
// {shot: FILE} or {note: NAME}. REPORT gets, for each, the notes (what the page says of itself), console errors and warnings,
// and every address that it asked for.
import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const [conformance, executablePath, jobs, report] = process.argv.slice(2);
const { chromium } = createRequire(path.resolve(conformance, 'package.json'))('playwright-core');

const ARGUMENTS = [
  '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-quic',
  '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

async function drawn(page) {
  await page.evaluate(() => new Promise((done) => { requestAnimationFrame(() => requestAnimationFrame(done)); }));
}

async function perform(page, step, notes) {
  if (step.press) await page.keyboard.press(step.press);
  if (step.click) await page.click(step.click);
  if (step.choose) await page.selectOption(...step.choose);
  if (step.wait) await page.waitForTimeout(step.wait);
  await drawn(page);
  if (step.shot) await page.screenshot({ path: step.shot });
  if (step.note) {
    notes[step.note] = await page.evaluate(() => ({
      ...document.body.dataset,
      title: document.title,
      takes: [...document.querySelectorAll('#takes option')].map((one) => one.textContent),
      morphs: [...document.querySelectorAll('.morph span')].map((one) => one.textContent),
      warnings: [...document.querySelectorAll('#warnings li')].map((one) => one.textContent),
      frameText: document.getElementById('frame').textContent,
      message: document.getElementById('message').textContent,
      checked: Object.fromEntries([...document.querySelectorAll('input[type=checkbox]')].map((one) => [one.id, one.checked])),
      help: document.getElementById('help').open,
    }));
  }
}

async function look(browser, { url, steps, width = 1280, height = 760 }) {
  const page = await browser.newPage({ viewport: { width, height } });
  const seen = { notes: {}, console: [], asked: [] };
  page.on('console', (one) => { if (['error', 'warning'].includes(one.type())) seen.console.push(one.text()); });
  page.on('pageerror', (error) => seen.console.push(String(error)));
  page.on('request', (request) => seen.asked.push(request.url()));
  await page.goto(url);
  await page.waitForFunction(() => document.body.dataset.ready, null, { timeout: 60000 });
  for (const step of steps) await perform(page, step, seen.notes);
  await page.close();
  return seen;
}

const browser = await chromium.launch({ executablePath, args: ARGUMENTS });
const seen = [];
for (const job of JSON.parse(fs.readFileSync(jobs, 'utf8'))) seen.push(await look(browser, job));
fs.writeFileSync(report, JSON.stringify(seen));
await browser.close();
