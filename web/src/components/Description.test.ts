import { expect, it } from 'vitest'
import { sanitise } from './Description'

it('keeps the text and drops what could do something', () => {
  const html =
    '<p onclick="x()" style="position:fixed">Hi <b>you</b></p><script>x()</script><img src=x onerror=x()>' +
    '<iframe src="https://a.example"></iframe><form><input></form>'
  expect(sanitise(html)).toBe('<p>Hi <b>you</b></p>')
})

it('opens links elsewhere, and only where a link may lead', () => {
  expect(sanitise('<a href="https://a.example/x" onmouseover="x()">A</a>')).toBe(
    '<a href="https://a.example/x" rel="noopener noreferrer" target="_blank">A</a>',
  )
  expect(sanitise('<a href="javascript:x()">A</a><a href="/local">B</a>')).not.toContain('href')
})
