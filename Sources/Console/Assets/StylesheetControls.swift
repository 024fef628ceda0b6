// SPDX-License-Identifier: Apache-2.0

extension Stylesheet {
    /// Buttons, fields, forms, and questions before what can't be undone.
    static let controls = #"""
        .button, button.primary, button.plain, button.danger {
          display: inline-flex; align-items: center; justify-content: center; min-height: 2.5rem; padding: .45rem 1rem;
          border-radius: var(--round); border: 1px solid transparent; font: inherit; font-weight: 560; line-height: 1.3;
          text-decoration: none; cursor: pointer; text-align: center;
        }
        .button.primary, button.primary { background: var(--accent); color: var(--on-accent); }
        .button.primary:hover, button.primary:hover { background: var(--accent-deep); color: var(--on-accent); }
        .button.plain, button.plain { background: var(--surface); color: var(--ink); border-color: var(--edge); }
        .button.plain:hover, button.plain:hover { background: var(--sunken); color: var(--ink); }
        .button.danger, button.danger { background: var(--surface); color: var(--bad); border-color: currentColor; }
        .sheet button.danger { background: var(--solid-bad); color: light-dark(#ffffff, #2b0606); border-color: transparent; }
        .button.danger:hover, button.danger:hover { background: var(--bad-soft); }
        .sheet button.danger:hover { background: var(--bad); }
        td .button, td button.plain, td button.danger, td button.primary, .head .button, .head button.plain { min-height: 2rem; padding: .2rem .7rem; font-size: var(--small); }
        .confirm { position: relative; }
        .confirm > summary { list-style: none; }
        .confirm > summary::-webkit-details-marker { display: none; }
        .confirm[open] > .sheet { display: grid; gap: var(--s3); }
        .sheet { position: absolute; right: 0; z-index: 5; margin-top: var(--s2); width: min(23rem, calc(100vw - 2.5rem)); background: var(--raised); border: 1px solid var(--line); border-radius: var(--rounder); padding: var(--s4); box-shadow: var(--lift); text-align: left; white-space: normal; font-weight: 400; font-size: var(--base); }
        @media (max-width: 63.99rem) { .sheet { position: static; width: auto; } .confirm[open] { flex-basis: 100%; } }
        .form, .filters { display: flex; flex-direction: column; gap: var(--s4); }
        .card .form { gap: var(--s5); }
        .fields { display: grid; gap: var(--s4); grid-template-columns: minmax(0, 1fr); }
        @media (min-width: 44rem) {
          .fields { grid-template-columns: repeat(6, minmax(0, 1fr)); }
          .field { grid-column: span 3; }
          .field.narrow { grid-column: span 2; }
          .field.wide { grid-column: 1 / -1; }
        }
        .field { display: flex; flex-direction: column; gap: .3rem; border: 0; margin: 0; padding: 0; min-width: 0; }
        .field > label, .field > legend { font-weight: 560; padding: 0; }
        .field > legend { margin-bottom: .3rem; }
        .field > input, .field > textarea, .field > select { margin-top: auto; }
        .hint, .note { color: var(--muted); font-size: var(--small); max-width: 65ch; text-wrap: pretty; }
        .error { color: var(--bad); font-size: var(--small); font-weight: 560; }
        .error::before { content: "▲ "; font-size: .7em; }
        input, select, textarea {
          font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--edge); border-radius: var(--round);
          padding: .48rem .7rem; min-height: 2.6rem; width: 100%; min-width: 0;
        }
        textarea { resize: vertical; line-height: 1.5; }
        textarea.code { font-size: .8125rem; tab-size: 2; }
        input:focus-visible, select:focus-visible, textarea:focus-visible { outline-offset: 0; }
        .wrong > input, .wrong > select, .wrong > textarea, [aria-invalid="true"] { border-color: var(--bad); box-shadow: 0 0 0 1px var(--bad); }
        input[type="checkbox"], input[type="radio"] { width: 1.15rem; height: 1.15rem; min-height: 0; margin: .15rem 0 0; flex: none; accent-color: var(--accent); }
        input[type="file"] { padding: .4rem; background: var(--sunken); }
        .choice { display: flex; gap: .6rem; align-items: flex-start; min-height: 1.75rem; cursor: pointer; }
        .choice small { display: block; }
        .field.check > label { font-weight: 400; }
        td select, td input[type="text"] { min-width: 9.5rem; padding-left: .5rem; padding-right: .4rem; }
        td input[type="number"] { width: 5rem; }
        .choices { display: grid; gap: var(--s1) var(--s5); grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); }
        fieldset { border: 0; padding: 0; margin: 0; min-width: 0; }
        .form > fieldset { display: flex; flex-direction: column; gap: var(--s3); padding-top: var(--s4); border-top: 1px solid var(--line); }
        .form > fieldset:first-of-type { padding-top: 0; border-top: 0; }
        .form > fieldset > legend { font-size: var(--large); font-weight: 620; padding: 0; float: left; width: 100%; margin-bottom: var(--s1); }
        .form > fieldset > legend + * { clear: both; }
        .buttons { display: flex; flex-wrap: wrap; gap: var(--s2); }
        .filters { background: var(--surface); border: 1px solid var(--line); border-radius: var(--rounder); padding: var(--s4); }
        @media (min-width: 44rem) {
          .filters { flex-direction: row; align-items: flex-end; flex-wrap: wrap; }
          .filters > .fields { flex: 1; display: flex; flex-wrap: wrap; gap: var(--s3); }
          .filters .field { flex: 1 1 10.5rem; }
          .filters .field.wide { flex: 2 1 17rem; }
        }
        .filters label { font-size: var(--small); color: var(--muted); font-weight: 500; }
        .bulk { display: flex; flex-wrap: wrap; gap: var(--s3); align-items: center; justify-content: space-between; color: var(--muted); font-size: var(--small); }
        """#
}
