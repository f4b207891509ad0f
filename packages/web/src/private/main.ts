import type { Report } from '@pcap-analyzer/engine'
import { type Showing, type ShownReport, showReport } from '@pcap-analyzer/viewer'
import { type Language, storedLanguage, storedTheme, storeLanguage, storeTheme } from '../app/preferences.ts'
import type { Answer, Order } from './messages.ts'
import { words } from './words.ts'

const BYTES_PER_PERCENT = 100

/** The page: a place to drop a capture, then how far it is, then its report. Everything stays in the browser. */
class PrivatePage {
  private readonly root: HTMLElement
  private language: Language
  /** Stays as it was chosen when the report is told again. */
  private timeZone: Showing['timeZone'] = 'utc'
  /** When a capture was chosen, on the page's clock. */
  private chosenAtMs = Number.POSITIVE_INFINITY
  /** Loaded with the page, so that nothing is asked for when a capture comes. */
  private worker = newWorker()
  private report: ShownReport | null = null

  constructor(root: HTMLElement, language: Language) {
    this.root = root
    this.language = language
  }

  /** Shows the place to drop a capture on. */
  begin(): void {
    const text = words[this.language]
    document.documentElement.lang = this.language
    document.title = `${text('title')} – PCAP Analyzer`
    const input = element('input', { type: 'file', id: 'capture', class: 'capture-input' })
    input.addEventListener('change', () => {
      const file = input.files?.[0]
      if (file !== undefined) this.analyse(file)
    })
    const label = element('label', { for: 'capture', class: 'drop' })
    label.append(
      element('strong', {}, text('drop')),
      element('span', {}, text('choose')),
      element('small', {}, text('kinds')),
    )
    for (const name of ['dragover', 'dragenter']) {
      document.addEventListener(name, (event) => event.preventDefault())
    }
    document.addEventListener('drop', (event) => {
      event.preventDefault()
      const file = (event as DragEvent).dataTransfer?.files[0]
      if (file !== undefined) this.analyse(file)
    })
    this.show(
      this.head(),
      element('h1', {}, text('title')),
      element('p', { class: 'promise' }, text('promise')),
      input,
      label,
      this.proof(),
    )
    document.documentElement.dataset.ready = 'true'
  }

  /** The way back to the service, language and theme. */
  private head(): HTMLElement {
    const text = words[this.language]
    const language = choice(text('language'), { en: 'English', fr: 'Français' }, this.language, (chosen) => {
      this.language = chosen
      storeLanguage(chosen)
      this.begin()
    })
    const themes = { auto: text('auto'), light: text('light'), dark: text('dark') }
    const head = element('header', { class: 'private-head' })
    head.append(homeLink(text('home')), language, choice(text('theme'), themes, storedTheme(), storeTheme))
    return head
  }

  private analyse(file: File): void {
    this.chosenAtMs = Math.min(this.chosenAtMs, performance.now())
    const text = words[this.language]
    const progress = element('progress', { max: String(BYTES_PER_PERCENT), value: '0' })
    const state = element('p', { role: 'status', 'aria-live': 'polite' })
    const cancel = element('button', { type: 'button' }, text('cancel'))
    cancel.addEventListener('click', () => this.stop())
    this.show(element('h1', {}, text('working', { name: file.name })), progress, state, cancel, this.proof())
    const { worker } = this
    worker.onerror = () => this.refuse(text('failed'), null)
    worker.onmessage = ({ data }: MessageEvent<Answer>) => {
      if (data.kind === 'progress') {
        const percent = Math.floor((data.readBytes * BYTES_PER_PERCENT) / Math.max(1, data.totalBytes))
        progress.value = percent
        state.textContent = text('progress', { percent, packets: data.packets })
      } else if (data.kind === 'report') this.finish(file.name, data.json)
      else if (data.kind === 'told') this.draw(data.json)
      else
        this.refuse(
          text('refused', { name: file.name }),
          reasonOf(data.code, this.language) ?? `${data.message}${data.hint === null ? '' : ` – ${data.hint}`}`,
        )
    }
    worker.postMessage({ file, language: this.language } satisfies Order)
  }

  private finish(name: string, json: string): void {
    const text = words[this.language]
    const report = element('div', { id: 'report' })
    const save = element('a', { class: 'button', download: `${name}.report.json` }, text('save'))
    save.href = URL.createObjectURL(new Blob([json], { type: 'application/json' }))
    const again = element('button', { type: 'button' }, text('again'))
    again.addEventListener('click', () => this.begin())
    const bar = element('div', { class: 'private-bar' })
    bar.append(homeLink(text('home')), again, save, this.proof())
    this.root.className = 'private-report'
    this.root.replaceChildren(bar, report)
    this.draw(json)
    this.root.dataset.state = 'report'
  }

  /** Shows a report; the worker tells it again when another language is chosen. */
  private draw(json: string): void {
    const place = document.getElementById('report')
    if (place === null) return
    this.report?.dispose()
    let { language: told } = this
    this.report = showReport(
      place,
      JSON.parse(json) as Report,
      { language: told, timeZone: this.timeZone },
      {
        onShowing: ({ language, timeZone }) => {
          this.timeZone = timeZone
          document.documentElement.lang = language
          if (language === told) return
          told = language
          this.language = language
          this.worker.postMessage({ json, language } satisfies Order)
        },
      },
    )
  }

  private refuse(title: string, reason: string | null): void {
    const text = words[this.language]
    const again = element('button', { type: 'button' }, text('again'))
    again.addEventListener('click', () => this.begin())
    this.show(
      element('h1', {}, title),
      element('p', { role: 'alert', class: 'reason' }, reason ?? ''),
      again,
      this.proof(),
    )
    this.root.dataset.state = 'refused'
  }

  /** Ends an analysis under way, with all its memory. */
  private stop(): void {
    this.worker.terminate()
    this.worker = newWorker()
    this.begin()
  }

  private show(...children: readonly HTMLElement[]): void {
    this.report?.dispose()
    this.report = null
    this.root.className = 'private'
    this.root.dataset.state = 'waiting'
    this.root.replaceChildren(...children)
  }

  /** What the browser itself counted. */
  private proof(): HTMLElement {
    return element('p', { class: 'proof' }, words[this.language]('proof', { requests: requestsSince(this.chosenAtMs) }))
  }
}

/** Sentences of the refusals that have one. */
function reasonOf(code: string, language: Language): string | null {
  const key = `refusals.${code}`
  return key in words.messages[language] ? (words[language] as (key: string) => string)(key) : null
}

function homeLink(word: string): HTMLElement {
  return element('a', { class: 'home', href: '../' }, word)
}

function choice<Value extends string>(
  name: string,
  options: Readonly<Record<Value, string>>,
  chosen: Value,
  act: (value: Value) => void,
): HTMLElement {
  const select = element('select', { 'aria-label': name })
  for (const [value, word] of Object.entries<string>(options)) {
    const option = element('option', { value }, word)
    option.selected = value === chosen
    select.append(option)
  }
  select.addEventListener('change', () => act(select.value as Value))
  return select
}

function newWorker(): Worker {
  return new Worker('worker.js', { type: 'module' })
}

function requestsSince(timeMs: number): number {
  return performance.getEntriesByType('resource').filter(({ startTime }) => startTime >= timeMs).length
}

function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>>,
  text = '',
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name)
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value)
  made.textContent = text
  return made
}

const root = document.getElementById('private')
if (root !== null) {
  const asked = new URLSearchParams(location.search).get('lang')
  document.documentElement.dataset.theme = storedTheme()
  new PrivatePage(root, asked === 'fr' || asked === 'en' ? asked : storedLanguage()).begin()
  if ('serviceWorker' in navigator) void navigator.serviceWorker.register('sw.js', { updateViaCache: 'all' })
}
