import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { cores } from '../../workers/cores.js'
import { describePlan } from '../plan/plan.js'
import type { Report } from '../report.js'
import { count, rate, share, span } from './figures.js'
import { html, type Safe, trusted } from './html.js'
import { script } from './script.js'
import { style } from './style.js'

/** Columns of figures have their heads at the right, too. */
const HEADS: { readonly [head: string]: string } = {
  items: 'n',
  after: 'n',
  took: 'n',
  place: 'n',
  process: 'n',
  share: 'n',
  'workers died': 'n',
  predicted: 'n',
}

/** Plan changes and steps of the limit that are shown; the JSON report has all. */
const SHOWN = 40

/** The report as one page, which needs nothing else: no server, no network. */
export function page(report: Report): string {
  const { name, items, ms, failures, changes, slowest, deaths } = report
  const done = items.ok + items.failed
  const plans = changes.filter(change => 'plan' in change)
  const data = { samples: report.samples, changes: plans.map(({ at }) => at) }
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}: ${count(done)} items</title>
<style>${trusted(asset('uPlot.min.css'))}${trusted(style)}</style>
<h1>${name}</h1>
<p class="lead">${report.plan === null ? 'no plan' : describePlan(report.plan)}: ${report.reason}</p>
<div class="facts">
  ${fact(count(done), done === 1 ? 'item' : 'items')}
  ${fact(span(ms), 'from begin to end')}
  ${fact(rate((1000 * done) / ms), 'items a second')}
  ${fact(count(items.failed), 'failed', items.failed > 0)}
  ${fact(count(report.reruns), 'run again')}
  ${fact(span(report.latency.p50), 'median of an item')}
</div>
<section><h2>Items a second</h2><div class="plot" id="plot-0"></div></section>
<section><h2>Items that workers had at once</h2><div class="plot" id="plot-1"></div></section>
<section><h2>Workers</h2><div class="plot low" id="plot-2"></div></section>
${report.machines === undefined ? '' : html`<section><h2>Machines</h2>${machines(report.machines)}</section>`}
<div class="pair">
  <section><h2>How long items took</h2>${latency(report)}</section>
  <section><h2>Failures</h2>${table(
    ['items', 'kind'],
    Object.entries(failures)
      .sort((a, b) => b[1] - a[1])
      .map(([kind, times]) => html`<tr><td class="n">${count(times)}<td class="wide bad">${kind}`),
    'none',
  )}</section>
</div>
<section><h2>What was measured, and what each plan would have taken</h2>${measured(report)}</section>
<section><h2>Changes while it ran</h2>${table(
    ['after', 'now', 'why'],
    changes
      .slice(0, SHOWN)
      .map(
        change =>
          html`<tr><td class="n">${span(change.at)}<td class="now">${'plan' in change ? describePlan(change.plan) : `at most ${count(change.value)} at once`}<td class="wide">${change.why}`,
      ),
    'none: the plan stayed as it was',
  )}${changes.length > SHOWN ? html`<p class="none">and ${count(changes.length - SHOWN)} more, in the JSON report</p>` : ''}</section>
<section><h2>Slowest items</h2>${table(
    ['took', 'place', 'input'],
    slowest.map(
      slow =>
        html`<tr><td class="n">${span(slow.ms)}<td class="n">${count(slow.index)}<td class="wide">${slow.input}`,
    ),
    'none',
  )}</section>
<section><h2>Deaths of workers</h2>${table(
    ['after', 'process', 'it'],
    deaths.map(
      death =>
        html`<tr><td class="n">${span(death.at)}<td class="n">${death.pid}<td class="wide bad">${death.message}`,
    ),
    'none',
  )}</section>
<script type="application/json" id="data">${trusted(JSON.stringify(data).replaceAll('<', '\\u003c'))}</script>
<script>${trusted(asset('uPlot.iife.min.js'))}${trusted(script)}</script>
</html>
`.text
}

function machines(list: NonNullable<Report['machines']>): Safe {
  const all = list.reduce((sum, { items }) => sum + items, 0)
  return table(
    ['items', 'share', 'workers died', 'machine'],
    list.map(
      ({ name, items, deaths, isHere }) =>
        html`<tr><td class="n">${count(items)}<td class="n">${share(items, all)}<td class="n">${count(deaths)}<td class="wide">${name}${isHere ? '' : ' (gone)'}`,
    ),
    'none',
  )
}

function fact(figure: string, words: string, isBad = false): Safe {
  return html`<div class="fact"><b class="${isBad ? 'bad' : ''}">${figure}</b><span>${words}</span></div>`
}

function latency({ latency: { bars, p50, p95, p99 } }: Report): Safe {
  if (bars.length === 0) return html`<p class="none">nothing has ended</p>`
  const most = Math.max(...bars.map(bar => bar.items))
  return html`<div class="bars">${bars.map(
    ({ toMs, items }) =>
      html`<i style="height:${Math.max(items === 0 ? 0 : 1, (100 * items) / most).toFixed(1)}%" title="${count(items)} within ${span(toMs)}"></i>`,
  )}</div>
<div class="scale"><span>${span(bars[0]!.toMs)}</span><span>${span(bars.at(-1)!.toMs)}</span></div>
<dl><dt>50 %</dt><dd>within ${span(p50)}</dd><dt>95 %</dt><dd>within ${span(p95)}</dd><dt>99 %</dt><dd>within ${span(p99)}</dd></dl>`
}

function measured({ measured, alternatives, plan }: Report): Safe {
  if (measured === null)
    return html`<p class="none">nothing: the plan was given, or there was too little to measure</p>`
  const { wallMs, activeMs, cpuMs, items } = measured
  return html`<dl>
<dt>an item took</dt><dd>${span(wallMs)}, seen on ${count(items)}</dd>
<dt>event loop</dt><dd>${share(Math.min(activeMs, wallMs), wallMs)} busy</dd>
<dt>processor</dt><dd>${share(Math.min(cpuMs, cores() * wallMs), wallMs)} used</dd>
</dl><p></p>${table(
    ['predicted', 'plan'],
    alternatives.map(
      one =>
        html`<tr><td class="n">${span(one.predictedMs)}<td class="wide">${describePlan(one.plan)}${one.plan.executor === plan?.executor && one.plan.workers === plan.workers ? ' (chosen)' : ''}`,
    ),
    'none',
  )}`
}

function table(heads: readonly string[], rows: readonly Safe[], none: string): Safe {
  if (rows.length === 0) return html`<p class="none">${none}</p>`
  return html`<table><tr>${heads.map(head => html`<th class="${HEADS[head] ?? ''}">${head}`)}${rows}</table>`
}

function asset(file: string): string {
  return readFileSync(createRequire(import.meta.url).resolve(`uplot/dist/${file}`), 'utf8')
}
