import type { Row } from './cases.js'

const [WIDTH, HEIGHT] = [720, 430]
const [LEFT, RIGHT, TOP, BOTTOM] = [86, 110, 46, 58]
const COLOURS = ['#0969da', '#bf5b04', '#1a7f37']
const DECADES = { x: [0, 4], y: [1, 8] } as const

const x = (ms: number) => round(LEFT + ((Math.log10(ms) - DECADES.x[0]) / span('x')) * (WIDTH - LEFT - RIGHT))
const y = (perSecond: number) =>
  round(HEIGHT - BOTTOM - ((Math.log10(perSecond) - DECADES.y[0]) / span('y')) * (HEIGHT - TOP - BOTTOM))

/** Items a second over the time of an item, a line for each number of machines; dotted: all that its slots could do. */
export function draw(rows: readonly Row[], linesPerSecond: number): string {
  const sizes = [...new Set(rows.map(({ machines }) => machines))]
  const lines = sizes.map((machines, i) => {
    const own = rows.filter(row => row.machines === machines)
    const ideal = own.map(({ itemMs, slots }) => `${x(itemMs)},${y((1000 * machines * slots) / itemMs)}`)
    const points = own.map(({ itemMs, itemsPerSecond }) => `${x(itemMs)},${y(itemsPerSecond)}`)
    const last = own.at(-1)!
    return [
      `<g stroke="${COLOURS[i]}" fill="none">`,
      `<polyline points="${ideal.join(' ')}" stroke-dasharray="2 4"/>`,
      `<polyline points="${points.join(' ')}" stroke-width="2"/>`,
      '</g>',
      ...points.map(point => {
        const [cx, cy] = point.split(',')
        return `<circle cx="${cx}" cy="${cy}" r="3.5" fill="${COLOURS[i]}"/>`
      }),
      text(x(last.itemMs) + 10, y(last.itemsPerSecond) + 4, `${named(machines)} machines`, COLOURS[i]!),
    ]
  })
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="13">`,
    '<title>Items a second over the time that an item takes, for 10, 100 and 1,000 machines of 64 slots</title>',
    `<rect width="${WIDTH}" height="${HEIGHT}" fill="#fff"/>`,
    ...ticks('y').map(value => rule(LEFT, y(value), WIDTH - RIGHT, y(value))),
    ...ticks('x').map(value => rule(x(value), TOP, x(value), HEIGHT - BOTTOM)),
    ...ticks('y').map(value => text(LEFT - 8, y(value) + 4, named(value), '#59636e', 'end')),
    ...ticks('x').map(value => text(x(value), HEIGHT - BOTTOM + 20, time(value), '#59636e', 'middle')),
    `<line x1="${LEFT}" y1="${y(linesPerSecond)}" x2="${WIDTH - RIGHT}" y2="${y(linesPerSecond)}" stroke="#cf222e"/>`,
    text(WIDTH - RIGHT - 6, y(linesPerSecond) - 6, 'what one coordinator writes', '#cf222e', 'end'),
    ...lines.flat(),
    text(LEFT, TOP - 20, 'items a second; dotted: with nothing but the slots in the way', '#1f2328'),
    text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, 'time of an item', '#1f2328', 'middle'),
    '</svg>',
  ].join('\n')}\n`
}

function ticks(axis: 'x' | 'y'): number[] {
  const [from] = DECADES[axis]
  return Array.from({ length: span(axis) + 1 }, (_, i) => 10 ** (from + i))
}

function span(axis: 'x' | 'y'): number {
  const [from, to] = DECADES[axis]
  return to - from
}

function rule(x1: number, y1: number, x2: number, y2: number): string {
  return `<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" stroke="#d1d9e0"/>`
}

function text(x: number, y: number, words: string, fill: string, anchor = 'start'): string {
  return `<text x="${x}" y="${y}" fill="${fill}" text-anchor="${anchor}">${words}</text>`
}

function named(value: number): string {
  return value >= 1e6 ? `${value / 1e6} million` : value.toLocaleString('en-US')
}

function time(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10
}
