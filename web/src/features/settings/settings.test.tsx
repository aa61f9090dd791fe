import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { HttpResponse, http } from 'msw'
import { beforeEach, expect, it } from 'vitest'
import { renderApp } from '../../test/app'
import { server } from '../../test/server'

beforeEach(() => {
  localStorage.clear()
  server.use(
    http.get('*/api/server', () =>
      HttpResponse.json({ version: '9.8.7', keep_runs_days: 90, stand_ins: { lever: 'http://demo.test' } }),
    ),
  )
})

it('keeps the colours that were chosen', async () => {
  renderApp('/settings')
  const [select] = await screen.findAllByLabelText('Colours')
  if (!select) throw new Error('There is no choice of colours.')
  await userEvent.selectOptions(select, 'Dark')
  expect(document.documentElement.dataset.theme).toBe('dark')
  expect(localStorage.getItem('jobwire.theme')).toBe('dark')
  await userEvent.selectOptions(select, 'As the system')
  expect(document.documentElement.dataset.theme).toBeUndefined()
})

it('says what server this is', async () => {
  renderApp('/settings')
  expect(await screen.findByText('9.8.7')).toBeTruthy()
  expect(screen.getByText('In the place of lever')).toBeTruthy()
})

it('lists the shortcuts, goes where they say, and stops when they are switched off', async () => {
  const router = renderApp('/settings')
  const off = await screen.findByRole('switch', { name: 'Keyboard shortcuts' })
  await userEvent.keyboard('?')
  expect(await screen.findByText('Go to the companies')).toBeTruthy()
  await userEvent.click(screen.getByRole('button', { name: 'Close' }))
  await userEvent.keyboard('gc')
  await waitFor(() => expect(router.state.location.pathname).toBe('/companies'))
  await router.navigate({ to: '/settings' })
  expect(off).toHaveProperty('checked', true)
  await userEvent.click(await screen.findByRole('switch', { name: 'Keyboard shortcuts' }))
  await userEvent.keyboard('?gc')
  expect(screen.queryByText('Go to the companies')).toBeNull()
  expect(router.state.location.pathname).toBe('/settings')
})

it('leaves letters to the field that they are typed into', async () => {
  const router = renderApp('/configure')
  await userEvent.type(await screen.findByTestId('add-companies-input'), 'gc?')
  expect(screen.getByTestId('add-companies-input')).toHaveProperty('value', 'gc?')
  expect(router.state.location.pathname).toBe('/configure')
})
