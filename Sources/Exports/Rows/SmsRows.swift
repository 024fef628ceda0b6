// SPDX-License-Identifier: Apache-2.0
import Campaigns

extension RowSource where Self == InteractionRows {
    /// Text messages that were handed over in the window.
    static var sentTexts: Self { Self("sent", channel: "sms") }

    /// Text messages that were withheld or failed in the window, with category and status.
    static var withheldTexts: Self { Self("notSent", channel: "sms") }
}

extension RowSource where Self == ActivityRows {
    /// Text messages that the operator confirmed in the window.
    static var deliveredTexts: Self { Self(.delivered, channel: "sms") }

    /// First clicks in a text message in the window.
    static var textClicks: Self { Self(.click, channel: "sms") }

    /// Failures that the operator noticed in the window.
    static var failedTexts: Self { Self(.deliveryFailed, channel: "sms") }

    /// STOPs in the window.
    static var textStops: Self { Self(.stop, channel: "sms") }
}
