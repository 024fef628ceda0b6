// SPDX-License-Identifier: Apache-2.0

extension Stylesheet {
    /// Cards, figures, badges, facts, notices, steps.
    static let parts = #"""
        .card { background: var(--surface); border: 1px solid var(--line); border-radius: var(--rounder); padding: var(--s4); box-shadow: var(--shadow); display: flex; flex-direction: column; gap: var(--s4); min-width: 0; }
        @media (min-width: 44rem) { .card { padding: var(--s5); } }
        .card.clear { background: none; border: 0; padding: 0; box-shadow: none; }
        .head { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s4); justify-content: space-between; align-items: baseline; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(7.5rem, 100%), 1fr)); gap: var(--s3); }
        @media (max-width: 43.99rem) { .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
        .tiles li { background: var(--surface); border: 1px solid var(--line); border-radius: var(--rounder); box-shadow: var(--shadow); display: flex; min-width: 0; }
        .card .tiles li { box-shadow: none; background: var(--ground); }
        .tiles a, .tiles li { color: var(--ink); text-decoration: none; }
        .tiles a { flex: 1; min-width: 0; border-radius: var(--rounder); padding: var(--s3) var(--s4); display: flex; flex-direction: column; }
        .tiles li:not(:has(a)) { flex-direction: column; padding: var(--s3) var(--s4); }
        .tiles li:has(a):hover { border-color: var(--accent); }
        .figure { font-size: var(--figure); font-weight: 640; line-height: 1.2; letter-spacing: -.02em; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .tiles .name { color: var(--muted); font-size: var(--small); }
        .tiles .more { color: var(--muted); font-size: var(--small); }
        .tiles .bad .figure { color: var(--bad); }
        .tiles .good .figure { color: var(--good); }
        .tiles .busy .figure { color: var(--busy); }
        .badge { display: inline-flex; align-items: center; gap: .38rem; border-radius: 1rem; padding: .08rem .6rem .08rem .5rem; font-size: var(--small); font-weight: 560; white-space: nowrap; background: var(--sunken); color: var(--muted); }
        .badge::before { content: ""; width: .5rem; height: .5rem; border-radius: 50%; background: currentColor; flex: none; }
        .badge.new::before { background: none; border: 2px solid currentColor; }
        .badge.executing, .badge.sending, .badge.planned, .badge.sealed { background: var(--busy-soft); color: var(--busy); }
        .badge.completed, .badge.active, .badge.sent, .badge.delivered, .badge.created, .badge.yes { background: var(--good-soft); color: var(--good); }
        .badge.error, .badge.missed, .badge.held, .badge.inDoubt, .badge.warning { background: var(--warn-soft); color: var(--warn); }
        .badge.error::before, .badge.missed::before, .badge.held::before { border-radius: 0; clip-path: polygon(50% 0, 100% 100%, 0 100%); }
        .badge.fatal, .badge.failed { background: var(--bad-soft); color: var(--bad); }
        .badge.fatal::before, .badge.failed::before { border-radius: 1px; transform: rotate(45deg); }
        .badge.profile { background: var(--busy-soft); color: var(--busy); }
        .badge.customTable { background: var(--violet-soft); color: var(--violet); }
        .badge.campaign { background: var(--good-soft); color: var(--good); }
        .badge.draft::before, .badge.paused::before, .badge.off::before { background: none; border: 2px solid currentColor; }
        .facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr)); gap: var(--s3) var(--s5); }
        .facts dt { color: var(--muted); font-size: var(--small); }
        .facts dd { overflow-wrap: anywhere; }
        .notice { border-radius: var(--rounder); padding: var(--s3) var(--s4); border: 1px solid transparent; }
        .notice p { max-width: 75ch; }
        .notice.good { background: var(--good-soft); color: var(--good); }
        .notice.note { background: var(--busy-soft); color: var(--busy); }
        .notice.warning { background: var(--warn-soft); color: var(--warn); }
        .notice.bad { background: var(--bad-soft); color: var(--bad); }
        .notice a { color: inherit; font-weight: 560; }
        .empty { text-align: center; padding: var(--s5) var(--s4); color: var(--muted); display: grid; gap: var(--s2); justify-items: center; }
        .empty .big { font-weight: 620; color: var(--ink); font-size: var(--large); }
        .empty p { max-width: 50ch; text-wrap: balance; }
        .log { display: grid; gap: 0; }
        .log li { display: grid; gap: 0 var(--s4); padding: 0 0 var(--s3) var(--s5); position: relative; overflow-wrap: anywhere; }
        .log li::before { content: ""; position: absolute; left: .2rem; top: .55rem; width: .55rem; height: .55rem; border-radius: 50%; background: var(--surface); border: 2px solid var(--accent); }
        .log li:not(:last-child)::after { content: ""; position: absolute; left: .43rem; top: 1.2rem; bottom: -.5rem; width: 1px; background: var(--line); }
        .log time { color: var(--muted); font-size: var(--small); }
        @media (min-width: 44rem) { .log li { grid-template-columns: 12.5rem minmax(0, 1fr); } .columns .log li { grid-template-columns: minmax(0, 1fr); } }
        .tabs ul { display: flex; gap: var(--s4); overflow-x: auto; border-bottom: 1px solid var(--line); scrollbar-width: none; }
        .tabs a { display: block; padding: .5rem .1rem; color: var(--muted); text-decoration: none; white-space: nowrap; border-bottom: 2px solid transparent; }
        .tabs a:hover { color: var(--ink); }
        .tabs a[aria-current] { color: var(--accent-deep); border-color: var(--accent); font-weight: 600; }
        .wizard { display: flex; flex-wrap: wrap; gap: var(--s2) var(--s5); }
        .wizard li { display: flex; align-items: center; gap: .5rem; color: var(--muted); }
        .wizard .number { display: grid; place-items: center; width: 1.7rem; height: 1.7rem; border-radius: 50%; border: 1.5px solid var(--edge); font-size: var(--small); font-weight: 600; }
        .wizard .now { color: var(--ink); font-weight: 600; }
        .wizard .now .number { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
        .wizard .done .number { background: var(--accent-soft); border-color: var(--accent-soft); color: var(--accent-deep); }
        @media (max-width: 43.99rem) { .wizard li:not(.now) > :not(.number) { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); } .wizard { gap: var(--s2); } }
        .progress { display: grid; gap: var(--s2); }
        progress { appearance: none; width: 100%; height: .6rem; border: 0; border-radius: 1rem; overflow: hidden; background: var(--sunken); }
        progress::-webkit-progress-bar { background: var(--sunken); }
        progress::-webkit-progress-value { background: var(--accent); border-radius: 1rem; }
        progress::-moz-progress-bar { background: var(--accent); border-radius: 1rem; }
        .progress p { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s4); justify-content: space-between; font-variant-numeric: tabular-nums; }
        .mailframe { width: 100%; height: 34rem; border: 1px solid var(--line); border-radius: var(--round); background: #ffffff; }
        .bubble { background: var(--accent-soft); border-radius: 1rem 1rem 1rem .25rem; padding: var(--s3) var(--s4); max-width: 24rem; white-space: pre-wrap; overflow-wrap: anywhere; }
        .secret { display: block; padding: var(--s3); font-size: var(--base); user-select: all; }
        .prose { max-width: 72ch; display: grid; gap: var(--s3); }
        .prose ul, .prose ol { padding-left: 1.3rem; list-style: revert; display: grid; gap: .2rem; }
        .prose img { max-width: 100%; height: auto; border: 1px solid var(--line); border-radius: var(--round); }
        .prose h2 { margin-top: var(--s4); }
        .prose .scroll { margin: 0; }
        """#
}
