// SPDX-License-Identifier: Apache-2.0

extension Stylesheet {
    /// Tables, and the cards that they become where it is narrow.
    static let tables = #"""
        .scroll { overflow-x: auto; position: relative; container-type: inline-size; }
        .scroll:has(.confirm[open]) { overflow: visible; }
        .card > .scroll { margin: 0 calc(-1 * var(--s2)); padding: 0 var(--s2); }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        caption { text-align: left; font-weight: 620; padding-bottom: var(--s2); }
        th { text-align: left; font-size: var(--small); font-weight: 560; color: var(--muted); padding: var(--s2) var(--s3) var(--s2) 0; border-bottom: 1px solid var(--line); white-space: nowrap; vertical-align: bottom; }
        td { padding: .6rem var(--s3) .6rem 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: break-word; min-width: 4.5rem; }
        tr:last-child td { border-bottom: 0; }
        td.grow { min-width: 10rem; overflow-wrap: anywhere; }
        td .button, td button { white-space: nowrap; }
        td.moment { min-width: 7.25rem; color: var(--muted); }
        th.number, td.number { text-align: right; white-space: nowrap; }
        td:last-child, th:last-child { padding-right: 0; }
        td.actions, th.actions { display: table-cell; }
        td.actions > div { display: flex; flex-wrap: wrap; gap: .3rem; }
        td .second { display: block; color: var(--muted); font-size: var(--small); }
        td a { font-weight: 560; text-decoration: none; }
        td a:hover { text-decoration: underline; }
        table.rows tbody tr:hover td { background: linear-gradient(var(--sunken), var(--sunken)); }
        .sample td, .sample th { white-space: nowrap; min-width: 0; max-width: 18rem; overflow: hidden; text-overflow: ellipsis; padding-right: var(--s4); }
        .pages { display: flex; flex-wrap: wrap; gap: var(--s2); margin-top: var(--s4); }
        """#

    /// Tables whose container is narrow become cards; those with many columns do so earlier.
    static let cards =
        "@container (max-width: 34rem) {\n\(card("table.rows"))}\n"
        + "@container (max-width: 52rem) {\n\(card("table.many"))}"

    private static func card(_ table: String) -> String {
        """
        \(table) thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
        \(table), \(table) tbody, \(table) tr, \(table) td { display: block; width: 100%; }
        \(table) tr { padding: var(--s3) 0; border-bottom: 1px solid var(--line); }
        \(table) tr:first-child { padding-top: 0; }
        \(table) tr:last-child { border-bottom: 0; padding-bottom: 0; }
        \(table) td { border: 0; padding: .12rem 0; min-width: 0; text-align: left; white-space: normal; display: grid; grid-template-columns: 7rem minmax(0, 1fr); gap: var(--s2); }
        \(table) td::before { content: attr(data-label); color: var(--muted); font-size: var(--small); padding-top: .1rem; }
        \(table) td.actions { display: block; padding-top: var(--s2); }
        \(table) td.actions::before { content: none; }
        \(table) td.actions .sheet { position: static; width: auto; }
        \(table) td:has(> div:empty) { display: none; }
        \(table).rows tbody tr:hover td { background: none; }

        """
    }

    /// Drawings and their keys.
    static let charts = #"""
        .chart { display: grid; gap: var(--s3); }
        .chart svg { width: 100%; height: auto; display: block; overflow: visible; }
        .chart text { fill: var(--muted); font-size: 11px; font-family: inherit; }
        .chart .axis { stroke: var(--line); stroke-width: 1; }
        .chart .c1 { fill: var(--accent); }
        .chart .c2 { fill: var(--busy); }
        .chart .c3 { fill: var(--violet); }
        .chart .good { fill: var(--good); }
        .chart .warn { fill: light-dark(#c98a13, #f0c674); }
        .chart .bad { fill: light-dark(#c5403f, #ff9d9a); }
        .chart .rest { fill: light-dark(#c3cfcb, #43524e); }
        .chart .l1 { stroke: var(--accent); fill: none; stroke-width: 2; stroke-linejoin: round; }
        .chart .l2 { stroke: var(--violet); fill: none; stroke-width: 2; stroke-linejoin: round; stroke-dasharray: 5 3; }
        .chart .area { fill: var(--accent-soft); }
        .key { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s4); font-size: var(--small); color: var(--muted); }
        .key li { display: inline-flex; gap: .4rem; align-items: center; }
        .key svg { width: .7rem; height: .7rem; flex: none; }
        .breakdown { display: grid; gap: var(--s3); }
        .breakdown ul { display: grid; gap: 0; }
        .breakdown li { display: grid; grid-template-columns: 1rem minmax(0, 1fr) auto 4rem; gap: var(--s2); align-items: center; padding: .35rem 0; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums; }
        .breakdown li:last-child { border-bottom: 0; }
        .breakdown li svg { width: .75rem; height: .75rem; }
        .breakdown .part { color: var(--muted); font-size: var(--small); min-width: 4rem; text-align: right; }
        .breakdown .sum { font-weight: 620; }
        .chart details summary { cursor: pointer; color: var(--accent); font-size: var(--small); }
        .chart details[open] summary { margin-bottom: var(--s2); }
        """#
}
