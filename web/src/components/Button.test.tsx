import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { Button } from './Button'

it('does nothing while it is disabled, and keeps the focus', async () => {
  const act = vi.fn()
  const submit = vi.fn()
  const form = (disabled: boolean) => (
    <form onSubmit={submit}>
      <Button type="submit" disabled={disabled} onClick={act}>
        Save
      </Button>
    </form>
  )
  const { rerender } = render(form(false))
  screen.getByRole('button').focus()
  rerender(form(true))
  expect(document.activeElement).toBe(screen.getByRole('button'))
  await userEvent.keyboard('{Enter}')
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  expect(act).not.toHaveBeenCalled()
  expect(submit).not.toHaveBeenCalled()
  expect(screen.getByRole('button').getAttribute('aria-disabled')).toBe('true')
})
