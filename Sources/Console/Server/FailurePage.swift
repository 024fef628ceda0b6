// SPDX-License-Identifier: Apache-2.0
import API
import Common

/// What stands where a page cannot be shown.
struct FailurePage: Sendable {
    var status: Int
    var title: String
    var sentence: String
    /// Whether it is a fault of ours, which the log has.
    var isFault = false
    /// What the log calls it.
    var number = ""

    init(_ error: any Error) {
        switch error {
        case PageError.notFound(let what):
            (status, title, sentence) = (
                404, "Not found",
                "There is no such \(what). It may have been deleted, or the address is mistyped."
            )
        case PageError.forbidden:
            (status, title, sentence) = (
                403, "Not allowed",
                "Your role does not allow this. An administrator can change it under Settings, Users."
            )
        case PageError.stale:
            (status, title, sentence) = (
                403, "Please try again",
                "The form was too old or came from elsewhere, so nothing was changed. "
                    + "Go back, reload the page and send it again."
            )
        case PageError.bad(let words):
            (status, title, sentence) = (400, "Not understood", "\(words.capitalisedFirst).")
        default:
            if let refusal = Refusal(error) {
                status = refusal.status
                title = refusal.status == 404 ? "Not found" : "That did not work"
                sentence = "\(refusal.sentence.capitalisedFirst)."
            } else {
                number = String(SystemRandomness().next(), radix: 16)
                (status, title, isFault) = (500, "Something went wrong here", true)
                sentence = "Nothing was lost. The log has it under \(number)."
            }
        }
    }

    var wayOut: HTML { "<p><a class=\"primary button\" href=\"/console/\">Go to Home</a></p>" }

    var page: Page {
        var page = Page(title, .account, lead: sentence, [wayOut])
        page.status = status
        page.help = nil
        return page
    }
}

extension String {
    /// The text with a capital first letter.
    var capitalisedFirst: String { prefix(1).uppercased() + dropFirst() }
}
