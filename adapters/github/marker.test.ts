import { describe, expect, it } from 'vitest';
import { fitBody, fitTitle, MAX_BODY, MAX_TITLE, markerOf, withMarker } from './marker.ts';

describe('marker', () => {
  it('is found at the end of the body that it was added to', () => {
    expect(markerOf(withMarker('Plan', 'task-41-plan'))).toBe('task-41-plan');
    expect(markerOf(`${withMarker('Plan', 'k')}\r\n`)).toBe('k');
  });

  it('does not count inside a text that quotes it', () => {
    expect(markerOf(`> ${withMarker('Plan', 'k')}\n\nNo, please.`)).toBeNull();
    expect(markerOf(null)).toBeNull();
  });

  it('survives the cut of a body that is too long, and an open code fence is closed', () => {
    const long = withMarker(`\`\`\`\n${'x'.repeat(100_000)}`, 'k');
    expect(long.length).toBeLessThanOrEqual(MAX_BODY);
    expect(markerOf(long)).toBe('k');
    expect(long.match(/^```/gm)).toHaveLength(2);
    expect(long).toContain('the rest is cut');
  });
});

describe('limits', () => {
  it('never cut a character in half', () => {
    for (const pad of ['', 'a']) {
      expect(fitTitle(pad + '😀'.repeat(300)).isWellFormed()).toBe(true);
      expect(fitBody(pad + '😀'.repeat(60_000)).isWellFormed()).toBe(true);
    }
  });

  it('leave short texts alone and bring a title onto one line', () => {
    expect(fitBody('x'.repeat(MAX_BODY))).toHaveLength(MAX_BODY);
    expect(fitTitle('Fix\n the   bug ')).toBe('Fix the bug');
    expect(fitTitle('x'.repeat(1_000))).toHaveLength(MAX_TITLE);
  });
});
