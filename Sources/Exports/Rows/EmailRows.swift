// SPDX-License-Identifier: Apache-2.0
import Campaigns

extension RowSource where Self == InteractionRows {
    /// E-mails that were handed over in the window.
    static var sentEmails: Self { Self("sent", channel: "email") }

    /// E-mails that were withheld or failed in the window, with category and status.
    static var withheldEmails: Self { Self("notSent", channel: "email") }
}

extension RowSource where Self == ActivityRows {
    /// First openings of e-mails in the window.
    static var emailOpenings: Self { Self(.opening, channel: "email") }

    /// First clicks on each link of an e-mail in the window.
    static var emailClicks: Self { Self(.click, channel: "email") }

    /// E-mails that came back in the window, hard or soft, every time.
    static var emailBounces: Self { Self(.bounce, channel: "email") }

    /// Unsubscriptions through an e-mail in the window: by its link or the mail client.
    static var emailUnsubscribes: Self { Self(.unsubscribe, channel: "email") }
}
