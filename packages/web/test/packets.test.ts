import { retellReport } from '@pcap-analyzer/engine'
import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adminOf, type Client, userOf } from '../../server/test/support/client.ts'
import {
  dialects,
  sample,
  startTestService,
  stopCluster,
  type TestService,
  USER_PASSWORD,
} from '../../server/test/support/test-service.ts'
import { complete, fieldsFor, stateOfFilter } from '../src/app/packets/filter-words.ts'
import { hasChromium, keepPicture, openTab, seriousViolations, startBrowser } from './browser.ts'
import { HOSTILE, HOSTILE_NAME, hostileCapture } from './hostile.ts'
import { hasFocus, heading, logIn } from './steps.ts'

describe('what the filter bar says of a filter', () => {
  it.each([
    ['', 'empty'],
    ['tcp.analysis.retransmission', 'valid'],
    ['ip.addr != 10.0.0.1', 'ambiguous'],
    ['tcp.port ==', 'wrong'],
    ['no.such.field', 'wrong'],
  ])('%s is %s', (text, expected) => {
    expect(stateOfFilter(text, 'en').is).toBe(expected)
  })

  it('tells why in the language of the page', () => {
    expect(stateOfFilter('tcp.prot == 80', 'fr')).toEqual({
      is: 'wrong',
      message: 'le filtre est erroné à la colonne 1 : "tcp.prot" : le champ tcp.prot n’existe pas',
      hint: expect.stringMatching(/^vouliez-vous dire .*\btcp\.port\b/),
    })
    expect(stateOfFilter('tcp.port ==', 'fr')).toMatchObject({
      message: expect.stringContaining('à sa fin'),
      hint: null,
    })
  })

  it('offers fields for the word before the cursor, and puts them in its place', () => {
    expect(fieldsFor('ip.src == 10.0.0.1 && tcp.analysis.retr', 39, 'en')[0]?.text).toBe('tcp.analysis.retransmission')
    expect(fieldsFor('ip.src == 10.0.0.1', 18, 'en')).toEqual([])
    expect(fieldsFor('tcp.srcp', 8, 'fr')).toEqual([{ text: 'tcp.srcport', description: 'port source' }])
    expect(complete('tcp.po == 80', 6, 'tcp.port')).toEqual({ text: 'tcp.port == 80', cursor: 8 })
  })
})

afterAll(stopCluster)

describe.skipIf(!hasChromium).each(dialects)('packets, notes and shares in the browser on %s', (dialect) => {
  let service: TestService
  let browser: Browser
  let nora: Client & { id: string }
  let tab: Awaited<ReturnType<typeof openTab>>
  let page: Page
  let task = ''
  beforeAll(async () => {
    service = await startTestService(dialect)
    browser = await startBrowser()
    const admin = await adminOf(service)
    nora = await userOf(service, admin, 'nora')
    await userOf(service, admin, 'bob')
    await userOf(service, admin, 'chloe')
    task = (await nora.upload(sample('slow-download.pcap'), 'slow-download.pcap')).json.task_id
    await nora.ended(task)
    tab = await openTab(browser, service.base)
    page = tab.page
    await page.goto(`/reports/${task}`)
    await logIn(page, 'nora', USER_PASSWORD)
    await heading(page, 'slow-download.pcap')
  })
  afterAll(async () => {
    await browser?.close()
    await service?.end()
  })
  const bar = () => page.getByRole('combobox', { name: 'Display filter' })
  const rows = () => page.locator('.packet-row')
  const counts = (text: string | RegExp) => page.locator('.packet-counts').getByText(text).waitFor()

  it('leads from a finding to its packets and back', async () => {
    await page.locator('.to-packets').first().click()
    await heading(page, 'Packets of slow-download.pcap')
    await page.waitForURL((url) => (url.searchParams.get('filter') ?? '') !== '')
    await counts(/^\d+ of [\d,]+ packets/)
    await page.goBack()
    await heading(page, 'slow-download.pcap')
    await page.locator('.frames a').first().click()
    await page.getByRole('heading', { name: /^Frame \d+$/ }).waitFor()
  })

  it('lists every packet with only a few of them in the page', async () => {
    await page.goto(`/reports/${task}/packets`)
    const { json } = await nora.get(`/api/tasks/${task}/packets`)
    await counts(`${json.packets.toLocaleString('en')} of ${json.packets.toLocaleString('en')} packets`)
    await rows().first().waitFor()
    expect(await rows().count()).toBeLessThan(100)
    await page.locator(`[role=grid][aria-rowcount="${json.packets + 1}"]`).waitFor()
    await page.getByRole('grid').focus()
    await page.keyboard.press('End')
    await page.getByRole('heading', { name: `Frame ${json.packets}` }).waitFor()
    await page.getByRole('row', { selected: true }).getByText(String(json.packets), { exact: true }).first().waitFor()
    await page.getByRole('treeitem').first().waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'packets')
  })

  it('shows by its colour whether a filter can be applied, and why not', async () => {
    await bar().fill('tcp.analysis.retransmision')
    await page.locator('.filter-wrong').waitFor()
    await page.locator('.filter-state').getByText('tcp.analysis.retransmission').waitFor()
    await page.getByRole('button', { name: 'Apply', disabled: true }).waitFor()
    await keepPicture(page, 'filter-wrong')
    await bar().fill('ip.addr != 10.0.0.1')
    await page.locator('.filter-ambiguous').waitFor()
    await bar().fill('')
    await bar().pressSequentially('tcp.analysis.retr')
    await page.getByRole('listbox', { name: 'Fields' }).getByRole('option').first().waitFor()
    await keepPicture(page, 'filter-suggestions')
    await page.keyboard.press('ArrowDown')
    await page.getByRole('option').and(page.locator('[data-highlighted]')).waitFor()
    await page.keyboard.press('Enter')
    await page.locator('.filter-valid').waitFor()
    await expect.poll(() => bar().inputValue()).toBe('tcp.analysis.retransmission')
    await bar().and(page.locator('[aria-expanded=false]')).waitFor()
    await page.keyboard.press('Enter')
    const { json } = await nora.get(`/api/tasks/${task}/packets?filter=tcp.analysis.retransmission`)
    await counts(`${json.passed} of ${json.packets.toLocaleString('en')} packets`)
    await page.locator('.packet-row.level-note').first().waitFor()
    await expect.poll(() => rows().count()).toBeLessThanOrEqual(json.passed)
  })

  it('offers filters that were used before', async () => {
    await page.getByRole('button', { name: 'Clear' }).click()
    await counts(/^([\d,]+) of \1 packets/)
    await bar().focus()
    await page.keyboard.press('ArrowDown')
    await page.getByRole('option', { name: 'tcp.analysis.retransmission' }).click()
    await expect.poll(() => bar().inputValue()).toBe('tcp.analysis.retransmission')
  })

  it('takes a packet apart; fields and bytes mark each other', async () => {
    await page.goto(`/reports/${task}/packets?filter=http.request`)
    await rows().first().click()
    await page.getByRole('treeitem', { name: /^Hypertext Transfer Protocol/ }).waitFor()
    await page.getByRole('treeitem', { name: /^Transmission Control Protocol/ }).click()
    await page.getByRole('treeitem', { name: /^Destination port/ }).click()
    await expect.poll(() => page.locator('.byte-hex .byte-in').count()).toBe(2)
    await page.locator('.byte-hex .byte').first().click()
    await page.getByRole('treeitem', { selected: true, name: /^Destination:/ }).waitFor()
    await page.keyboard.press('Tab')
    await page.getByRole('treeitem', { name: /^Destination port/ }).focus()
    await page.keyboard.press('Enter')
    await page.waitForURL(/tcp\.dstport/)
    await counts(/^\d+ of/)
  })

  it('takes apart the packet that was chosen last, when an earlier one comes later', async () => {
    await page.goto(`/reports/${task}/packets`)
    const held: Route[] = []
    await page.route(`**/api/tasks/${task}/packets/1`, (route) => void held.push(route))
    await rows().first().click()
    await expect.poll(() => held.length).toBe(1)
    await rows().nth(1).click()
    const parts = page.locator('.detail-parts')
    await parts.waitFor()
    const late = page.waitForResponse(/\/packets\/1$/)
    await held[0]?.continue()
    await (await late).finished()
    // what is of another packet than was chosen is shown as such
    expect(await parts.and(page.locator('.detail-old')).count()).toBe(0)
    await page.getByRole('heading', { name: 'Frame 2' }).waitFor()
    await page.unroute(`**/api/tasks/${task}/packets/1`)
  })

  it('follows a stream, and the address leads there again', async () => {
    await page.goto(`/reports/${task}/packets?filter=http.request`)
    await rows().first().click()
    await page.getByRole('button', { name: 'Follow the stream' }).click()
    await page.locator('.turn-0 pre').getByText(/^GET /).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'follow-stream')
    await page.getByLabel('Shown as').selectOption('hex')
    await page
      .locator('.turn-0 pre')
      .getByText(/^000000 {2}47 45 54 20/)
      .waitFor()
    await page.waitForURL(/stream=tcp\.0/)
    const address = page.url()
    await page.goto('/history')
    await heading(page, 'History')
    await page.goto(address)
    await page.getByRole('heading', { name: 'TCP stream 0' }).waitFor()
    await hasFocus(page.getByRole('dialog'))
    await page.keyboard.press('Escape')
    await page.getByRole('heading', { name: 'TCP stream 0' }).waitFor({ state: 'detached' })
    await page.waitForURL((url) => !url.searchParams.has('stream'))
  })

  it('keeps a note on a finding, and hands out the frames that prove it', async () => {
    await page.goto(`/reports/${task}`)
    await heading(page, 'slow-download.pcap')
    const [evidence] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download the frames that prove it' }).first().click(),
    ])
    expect(evidence.suggestedFilename()).toMatch(/\.pcapng$/)
    await page.getByRole('button', { name: 'Write a note' }).first().click()
    await page.getByLabel('Note', { exact: true }).fill('Ask the provider <b>today</b>')
    await page.getByLabel('Tags, with commas between').fill('provider, todo, todo')
    await page.getByRole('button', { name: 'Save the note' }).click()
    await page.getByText('The note was saved.').waitFor()
    await page.reload()
    await page.locator('.finding-note').getByText('Ask the provider <b>today</b>').waitFor()
    await expect.poll(() => page.locator('.finding-note .tag').allTextContents()).toEqual(['provider', 'todo'])
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'report-with-note')
  })

  it('holds the zoom of the traffic in the address', async () => {
    await page.goto(`/reports/${task}?zoom=1.000-3.000`)
    const plot = page.locator('#traffic .plot')
    await plot.scrollIntoViewIfNeeded()
    await plot.locator('canvas').waitFor()
    await page.waitForURL(/zoom=1\.000-3\.000/)
    await plot.focus()
    await page.keyboard.press('+')
    await page.waitForURL(/zoom=1\.400-2\.600/)
    await page.keyboard.press('0')
    await page.waitForURL((url) => !url.searchParams.has('zoom'))
  })

  it('holds what is open, and how tables are sorted and filtered, in the address', async () => {
    await page.goto(`/reports/${task}`)
    await heading(page, 'slow-download.pcap')
    const section = page.locator('#section-tcp-health')
    await section.locator('summary').first().click()
    const table = section.locator('.table').first()
    await table.getByRole('button').first().click()
    await page.waitForURL((url) => url.searchParams.has('open') && url.searchParams.has('table'))
    await page.locator('#finding-1 > summary').click()
    await page.waitForURL((url) => !/finding-1\b/.test(url.searchParams.get('open') ?? 'finding-1'))
    const [address, order] = [page.url(), await table.locator('tbody tr').allTextContents()]
    await page.goto('/history')
    await heading(page, 'History')
    await page.goto(address)
    await section.locator('th:not([aria-sort=none])').first().waitFor()
    await expect.poll(() => table.locator('tbody tr').allTextContents()).toEqual(order)
    await page.locator('#finding-1:not([open])').waitFor()
    await expect.poll(() => page.url()).toBe(address)
    await page.goto(`/reports/${task}`)
  })

  it('exports every form', async () => {
    await page.getByRole('button', { name: 'Export' }).click()
    await page.getByRole('menuitem', { name: 'findings.csv' }).waitFor()
    const links = await page
      .locator('.menu-list a')
      .evaluateAll((all) => all.map((link) => link.getAttribute('href') ?? ''))
    expect(links.length).toBeGreaterThan(8)
    const tables = links.filter((link) => link.includes('?part='))
    expect(tables.length).toBeGreaterThan(3)
    // tables of a form are made alike: one of them stands for all
    const oneOf = (form: string) => tables.filter((link) => link.includes(`/${form}?`)).slice(-1)
    const some = ['csv', 'parquet', 'zeek'].map(oneOf)
    expect(some.map(({ length }) => length)).toEqual([1, 1, 1])
    for (const link of [...links.filter((link) => !tables.includes(link)), ...some.flat()]) {
      expect((await nora.get(link)).status, link).toBe(200)
    }
    await page.keyboard.press('Escape')
    await page.getByRole('menu').waitFor({ state: 'hidden' })
  })

  it('shares as much as the level says', async () => {
    await page.getByRole('button', { name: 'Share', exact: true }).click()
    await page.getByLabel('With whom (user name)').fill('bob')
    await page.getByLabel('How much').selectOption('metadata')
    await page.getByRole('button', { name: 'Share it' }).click()
    await page.getByRole('button', { name: 'End the share with bob' }).waitFor()
    expect(await seriousViolations(page)).toEqual([])
    await keepPicture(page, 'share')
    await page.getByRole('button', { name: 'Close' }).last().click()
    const other = await openTab(browser, service.base)
    await other.page.goto(`/reports/${task}`)
    await logIn(other.page, 'bob', USER_PASSWORD)
    await heading(other.page, 'slow-download.pcap')
    await other.page.getByText('nora shares this report with you').waitFor()
    expect(await other.page.getByRole('button', { name: 'Share' }).count()).toBe(0)
    expect(await other.page.getByRole('link', { name: 'Download the frames that prove it' }).count()).toBe(0)
    await other.page.locator('.finding-note').waitFor()
    const report = other.page.url()
    await other.page.getByRole('link', { name: 'History' }).click()
    await other.page.getByRole('heading', { name: 'Shared with me' }).waitFor()
    await other.page.getByRole('link', { name: 'slow-download.pcap' }).click()
    await other.page.waitForURL(report)
    await other.page.getByRole('link', { name: 'Packets', exact: true }).click()
    await other.page.getByRole('combobox', { name: 'Display filter' }).fill('http.request')
    await other.page.keyboard.press('Enter')
    // the rows of before are still there for a moment
    await other.page
      .locator('.packet-counts')
      .getByText(/^(\d+) of (?!\1 )\d+ packets/)
      .waitFor()
    await other.page.locator('.packet-row').first().click()
    await other.page.getByText('What was sent is not part of this share.').waitFor()
    expect(await other.page.getByRole('button', { name: 'Follow the stream' }).count()).toBe(0)
    expect(other.troubles).toEqual([])
    await other.context.close()
  })

  it('tells what is shared in words alone in the language of its reader', async () => {
    expect((await nora.post(`/api/tasks/${task}/shares`, { username: 'chloe', level: 'summary' })).status).toBe(201)
    const french = retellReport((await nora.get(`/api/reports/${task}/json`)).json, 'fr')
    const other = await openTab(browser, service.base)
    await other.page.goto(`/reports/${task}`)
    await logIn(other.page, 'chloe', USER_PASSWORD)
    await heading(other.page, 'slow-download.pcap')
    await other.page.getByLabel('Language').first().selectOption('fr')
    // spaces before units do not break on the page
    const plain = (text: string) => text.replace(/\s/g, ' ')
    const told = async () => (await other.page.locator('.finding-summary').allTextContents()).map(plain)
    await expect.poll(told).toEqual(french.findings.map(({ summary }) => plain(summary)))
    await expect
      .poll(async () => plain((await other.page.locator('#quality .lead').textContent()) ?? ''))
      .toBe(plain(french.quality.verdict))
    await other.page.getByText('nora partage ce rapport avec vous').waitFor()
    expect(await other.page.locator('.other-language').count()).toBe(0)
    expect(other.troubles).toEqual([])
    await keepPicture(other.page, 'report-shared-in-words')
    await other.context.close()
  })

  it('shows a hostile capture as text and nothing else', async () => {
    const hostile = (await nora.upload(hostileCapture(), HOSTILE_NAME)).json.task_id
    await nora.ended(hostile)
    const findings = (await nora.get(`/api/reports/${hostile}/json`)).json.findings as { key: string }[]
    for (const { key } of findings)
      await nora.put(`/api/tasks/${hostile}/notes/${encodeURIComponent(key)}`, { note: HOSTILE, tags: ['<b>tag</b>'] })
    for (const path of [
      `/progress/${hostile}`,
      '/history',
      `/reports/${hostile}`,
      `/compare?a=${hostile}&b=${task}`,
      `/reports/${hostile}/packets?filter=http.request&frame=4`,
      `/reports/${hostile}/packets?filter=http&stream=tcp.0`,
      `/reports/${hostile}/packets?filter=${encodeURIComponent(HOSTILE)}`,
    ]) {
      await page.goto(path)
      await page.getByText('<img src=x').filter({ visible: true }).first().waitFor()
      const found = await page.evaluate(() => [
        (window as { hacked?: number }).hacked,
        document.querySelectorAll('img[src="x"], #app script').length,
      ])
      expect(found, path).toEqual([undefined, 0])
    }
  })

  it('never made the console complain', () => {
    expect(tab.troubles).toEqual([])
  })
})
