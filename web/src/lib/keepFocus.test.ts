import { afterEach, beforeEach, expect, it } from 'vitest'
import { keepFocus } from './keepFocus'

let stop = () => {}
beforeEach(() => {
  stop = keepFocus()
})
afterEach(() => {
  stop()
  document.body.replaceChildren()
})

const one = (selector: string) => {
  const found = document.querySelector<HTMLElement>(selector)
  if (!found) throw new Error(`There is no ${selector}.`)
  return found
}

/** Press what has this id; what it does to the page happens in it, or later. */
async function press(id: string, then: () => void, isLate = false) {
  one(`#${id}`).focus()
  one(`#${id}`).click()
  if (isLate) await Promise.resolve()
  then()
  await Promise.resolve()
}

const LIST = `
  <button id="above">Above</button>
  <ul><li><button id="a">a</button></li><li><button id="b">b</button></li><li><button id="c">c</button></li></ul>
  <p><a id="below" href="/">Below</a></p>`

it.each([
  ['a', 'b'],
  ['b', 'c'],
  ['c', 'b'],
])('goes on from a row that its own button takes away: %s', async (gone, next) => {
  document.body.innerHTML = `<main>${LIST}</main>`
  await press(gone, () => one(`#${gone}`).parentElement?.remove(), true)
  expect(document.activeElement?.id).toBe(next)
})

it('goes to what comes in the place of a button', async () => {
  document.body.innerHTML = '<main><p>Live <button id="pause">Pause</button></p><a href="/">Away</a></main>'
  const resume = document.createElement('button')
  await press('pause', () => one('#pause').replaceWith(resume))
  expect(document.activeElement).toBe(resume)
})

it('looks further around where nothing is left', async () => {
  document.body.innerHTML = `<main>${LIST}</main>`
  await press('b', () => one('ul').remove())
  expect(document.activeElement?.id).toBe('below')
})

it('follows the focus from the dialog in which something was pressed', async () => {
  document.body.innerHTML = `<main>${LIST}<dialog open><button id="yes">Yes</button></dialog></main>`
  await press('yes', () => {
    one('#a').focus()
    one('dialog').remove()
  })
  expect(document.activeElement?.id).toBe('a')
  one('#a').parentElement?.remove()
  await Promise.resolve()
  expect(document.activeElement?.id).toBe('b')
})

it('leaves alone what nobody has pressed, and another page', async () => {
  document.body.innerHTML = `<nav><a href="/">Jobs</a></nav><main>${LIST}</main>`
  one('#b').focus()
  one('ul').remove()
  await Promise.resolve()
  expect(document.activeElement).toBe(document.body)
  await press('below', () => one('main').remove())
  expect(document.activeElement).toBe(document.body)
})
