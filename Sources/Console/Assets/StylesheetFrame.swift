// SPDX-License-Identifier: Apache-2.0

extension Stylesheet {
    /// The frame: the menu, the title, what stands under the page, and pages without a menu.
    static let frame = #"""
        .frame { display: grid; grid-template-columns: minmax(0, 1fr); grid-template-rows: auto 1fr; min-height: 100vh; }
        .side { background: var(--surface); border-bottom: 1px solid var(--line); padding: var(--s3) var(--s4); display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: var(--s2); }
        .brand { display: inline-flex; align-items: center; gap: .6rem; color: var(--ink); text-decoration: none; font-weight: 680; font-size: 1.0625rem; letter-spacing: -.01em; }
        .brand:hover { color: var(--ink); }
        .mark { display: block; flex: none; }
        .burger { border: 1px solid var(--edge); background: transparent; color: var(--ink); border-radius: var(--round); padding: .4rem .8rem; font: inherit; cursor: pointer; min-height: 2.5rem; }
        .menu { flex-basis: 100%; padding-bottom: var(--s3); }
        .js .menu:not(.open) { display: none; }
        .menu .group { margin-top: var(--s3); }
        .menu h2 { font-size: .75rem; font-weight: 600; color: var(--muted); letter-spacing: .02em; padding: 0 var(--s3); margin-bottom: .15rem; }
        .menu li a { display: block; padding: .42rem var(--s3); border-radius: var(--round); color: var(--ink); text-decoration: none; }
        .menu li a:hover { background: var(--sunken); color: var(--ink); }
        .menu li a[aria-current] { background: var(--accent-soft); color: var(--accent-deep); font-weight: 600; }
        .person { margin-top: var(--s5); border-top: 1px solid var(--line); padding: var(--s4) var(--s3) 0; font-size: var(--small); display: grid; gap: var(--s2); }
        .who { display: grid; }
        .who strong { font-size: var(--base); font-weight: 600; overflow-wrap: anywhere; }
        .who span { color: var(--muted); overflow-wrap: anywhere; }
        .quiet { border: 0; background: none; padding: .2rem 0; font: inherit; color: var(--accent); text-decoration: underline; text-underline-offset: .18em; cursor: pointer; }
        main { padding: var(--s5) var(--s4) var(--s6); display: flex; flex-direction: column; gap: var(--s4); max-width: 92rem; width: 100%; min-width: 0; }
        .top { display: flex; flex-wrap: wrap; gap: var(--s4); justify-content: space-between; align-items: flex-start; }
        .top > div:first-child { min-width: 0; flex: 1 1 20rem; }
        .crumbs ol { display: flex; flex-wrap: wrap; font-size: var(--small); margin-bottom: var(--s1); }
        .crumbs li:not(:last-child)::after { content: "/"; color: var(--muted); margin: 0 .45rem; }
        .lead { color: var(--muted); margin-top: var(--s1); max-width: 62ch; text-wrap: pretty; }
        .actions { display: flex; flex-wrap: wrap; gap: var(--s2); align-items: flex-start; }
        .actions > .badge { margin-top: .6rem; margin-right: var(--s1); }
        .foot { margin-top: auto; padding-top: var(--s5); color: var(--muted); font-size: var(--small); }
        .columns { display: grid; gap: var(--s4); grid-template-columns: minmax(0, 1fr); align-items: start; }
        .columns > div { min-width: 0; display: flex; flex-direction: column; gap: var(--s4); }
        @media (min-width: 64rem) {
          .frame { grid-template-columns: 15rem minmax(0, 1fr); grid-template-rows: minmax(0, 1fr); }
          .side { display: block; border-bottom: 0; border-right: 1px solid var(--line); padding: var(--s5) var(--s3); position: sticky; top: 0; height: 100vh; overflow-y: auto; }
          .side .brand { padding: 0 var(--s3) var(--s2); }
          .burger, .burger[hidden] { display: none; }
          .js .menu:not(.open) { display: block; }
          main { padding: var(--s6) var(--s6) var(--s6); gap: var(--s5); }
          .columns { grid-template-columns: repeat(2, minmax(0, 1fr)); }
        }
        @media (min-width: 80rem) { .columns.three { grid-template-columns: repeat(3, minmax(0, 1fr)); } }
        @media (min-width: 64rem) and (max-width: 79.99rem) { .columns.three { grid-template-columns: minmax(0, 1fr); } }
        @media (min-width: 100rem) {
          .frame { grid-template-columns: 16.5rem minmax(0, 1fr); }
          main { padding-left: 4rem; padding-right: 4rem; }
        }
        .bare { display: grid; place-items: center; min-height: 100vh; }
        .bare main { max-width: 27rem; padding: var(--s5); gap: var(--s3); }
        .bare .form { margin-top: var(--s3); }
        .bare .brand { margin-bottom: var(--s4); }
        .bare .fields { grid-template-columns: minmax(0, 1fr); }
        .bare .buttons button { width: 100%; }
        """#
}
