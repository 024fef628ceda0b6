// SPDX-License-Identifier: Apache-2.0

/// A gateway of text messages: how a message becomes a request, and an answer a result.
///
/// One file a kind; the connections are shared.
protocol TextGateway: Sendable {
    /// The request that hands a message over.
    func request(for message: OutgoingText) -> ProviderRequest
    /// What an answer means.
    func result(status: Int, body: String) -> DeliveryResult
}

extension TextGateway {
    /// What a request came to.
    func result(_ answer: ProviderAnswer) -> DeliveryResult {
        switch answer {
        case .status(let status, let body): return result(status: status, body: body)
        case .refused:
            let words = "The gateway's host is at an address of a network where it must not be."
            return .notHandedOver(reason: words)
        case .unreached(let words):
            return .notHandedOver(reason: "The gateway was not reached: \(words).")
        case .unanswered(let words):
            return .inDoubt(reason: "The gateway gave no answer: \(words).")
        }
    }

    /// A refusal with the first words of an answer, on one line.
    func refusal(_ status: Int, _ body: String) -> DeliveryResult.Refusal {
        let words = HeaderText.fold(String(body.prefix(200)))
        return DeliveryResult.Refusal(code: status, reply: words, stage: .recipient)
    }
}
