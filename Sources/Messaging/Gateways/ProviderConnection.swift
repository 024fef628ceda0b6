// SPDX-License-Identifier: Apache-2.0
internal import Dispatch

/// One connection to a gateway, kept open between messages.
///
/// The handle is used on this object's own queue only; its calls block and so must not run on Swift's
/// cooperative threads.
final class ProviderConnection: Sendable {
    private let handle: ProviderHandle
    private let gateway: any TextGateway
    private let allowsInside: Bool
    private let queue = DispatchQueue(label: "millrace.sms")

    init(_ gateway: any TextGateway, allowsInside: Bool, milliseconds: Int) throws {
        handle = try ProviderHandle(timeLimit: milliseconds)
        self.gateway = gateway
        self.allowsInside = allowsInside
    }

    /// Hands over messages one after the other.
    func deliver(
        _ messages: ArraySlice<OutgoingText>,
        mayStart: @escaping @Sendable () -> Bool
    ) async -> [DeliveryResult] {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.run(messages, mayStart)) }
        }
    }

    /// Once the gateway cannot be reached, the rest of the share fails with the same reason at once.
    private func run(
        _ messages: ArraySlice<OutgoingText>,
        _ mayStart: () -> Bool
    ) -> [DeliveryResult] {
        var unreachable: DeliveryResult?
        return messages.map { message in
            guard mayStart() else { return .notStarted }
            if let unreachable { return unreachable }
            let exchange = ProviderExchange(allowsInside: allowsInside)
            let answer = handle.perform(gateway.request(for: message), exchange)
            let result = gateway.result(answer)
            switch answer {
            case .refused, .unreached: unreachable = result
            case .status, .unanswered: break
            }
            return result
        }
    }
}
