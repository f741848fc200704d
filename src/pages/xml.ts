// Texts inside XML: feeds and pictures.
// Promises that whatever a person or a program wrote, the document stays well-formed.
import { escapeHtml } from '#platform/html.ts'

/** Without what XML cannot hold at all, not even escaped: controls, halves of pairs, what is no character. */
export const plainText = (text: string): string =>
  text.toWellFormed().replaceAll(/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/gu, '')

/** For text and quoted attributes. */
export const xmlText = (text: string): string => escapeHtml(plainText(text))
