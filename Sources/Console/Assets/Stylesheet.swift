// SPDX-License-Identifier: Apache-2.0

/// The console's one stylesheet: tokens, then what uses them.
enum Stylesheet {
    static let text = [tokens, frame, controls, parts, tables, cards, charts].joined(
        separator: "\n"
    )

    /// Colours in light and dark, a type scale of five steps, spaces of six.
    ///
    /// Every pair of ink and ground has a contrast of at least 4.5 (WCAG 2.2, 1.4.3); the tests compute
    /// it.
    static let tokens = #"""
        :root {
          color-scheme: light dark;
          --ground: light-dark(#f5f7f6, #0f1514);
          --surface: light-dark(#ffffff, #161e1c);
          --raised: light-dark(#ffffff, #1c2624);
          --sunken: light-dark(#eef2f0, #111917);
          --ink: light-dark(#14211e, #e8efec);
          --muted: light-dark(#52625d, #a3b4ae);
          --line: light-dark(#dce4e1, #2a3633);
          --edge: light-dark(#7f908a, #6d807a);
          --accent: light-dark(#0b6b62, #5ec7b7);
          --accent-deep: light-dark(#08524b, #8fdccf);
          --on-accent: light-dark(#ffffff, #06231f);
          --accent-soft: light-dark(#e0f1ee, #17332f);
          --good: light-dark(#1c6b3a, #7fd6a0);
          --good-soft: light-dark(#e2f4e8, #15301f);
          --busy: light-dark(#1d5aa8, #8fbdf5);
          --busy-soft: light-dark(#e3eefb, #152a45);
          --warn: light-dark(#7d5200, #f0c674);
          --warn-soft: light-dark(#fdf1d7, #36290e);
          --bad: light-dark(#a5262b, #ff9d9a);
          --bad-soft: light-dark(#fdeaea, #3d1a1b);
          --solid-bad: light-dark(#b3261e, #ff9d9a);
          --violet: light-dark(#6a3fa0, #c9adf3);
          --violet-soft: light-dark(#f1eafb, #2b2040);
          --shadow: 0 1px 2px light-dark(rgb(20 33 30 / 6%), rgb(0 0 0 / 40%));
          --lift: 0 8px 28px light-dark(rgb(20 33 30 / 16%), rgb(0 0 0 / 60%));
          --small: .8125rem;
          --base: .9375rem;
          --large: 1.125rem;
          --title: 1.625rem;
          --figure: 1.75rem;
          --s1: .25rem; --s2: .5rem; --s3: .75rem; --s4: 1rem; --s5: 1.5rem; --s6: 2.25rem;
          --round: .5rem;
          --rounder: .75rem;
        }
        [data-theme="light"] { color-scheme: light; }
        [data-theme="dark"] { color-scheme: dark; }
        *, *::before, *::after { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; scroll-padding-top: 5rem; }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: 400 var(--base)/1.55 Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, "Noto Sans", sans-serif;
          font-feature-settings: "cv05", "ss03"; overflow-wrap: break-word;
        }
        h1, h2, h3, p, dl, dd, ul, ol, figure { margin: 0; padding: 0; }
        ul, ol { list-style: none; }
        h1 { font-size: var(--title); line-height: 1.2; font-weight: 650; letter-spacing: -.015em; text-wrap: balance; overflow-wrap: anywhere; }
        h2 { font-size: var(--large); line-height: 1.3; font-weight: 620; letter-spacing: -.006em; }
        h3 { font-size: var(--base); font-weight: 620; }
        a { color: var(--accent); text-underline-offset: .18em; text-decoration-thickness: .06em; }
        a:hover { color: var(--accent-deep); }
        small { font-size: var(--small); color: var(--muted); font-weight: 400; }
        code, pre, .code { font-family: ui-monospace, "JetBrains Mono", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .8125rem; }
        code { background: var(--sunken); border-radius: .25rem; padding: .1em .35em; overflow-wrap: anywhere; }
        pre { background: var(--sunken); border-radius: var(--round); padding: var(--s4); overflow-x: auto; margin: 0; }
        :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: .25rem; }
        main:focus { outline: none; }
        .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .none { color: var(--muted); }
        .skip { position: absolute; left: var(--s4); top: -4rem; background: var(--accent); color: var(--on-accent); padding: var(--s2) var(--s4); border-radius: var(--round); z-index: 9; }
        .skip:focus { top: var(--s3); }
        @media (prefers-reduced-motion: no-preference) {
          .bar-fill, .skip { transition: all .25s ease; }
        }
        """#
}
