// SPDX-License-Identifier: Apache-2.0
internal import Common
internal import Database

/// Hands contacts over by making them ready for the file of their channel: nothing leaves until the
/// file is taken (``ContactFile``).
struct FileCourier: Courier {
    func providers(in connection: Connection) throws -> [(provider: Provider, name: String)] {
        [(Provider(.file, 0), "the file")]
    }

    var goesAhead: Bool { false }

    func prepare(_ group: [Interaction]) async {}

    func handOver(
        _ group: [Interaction],
        to provider: Provider,
        mayStart: @escaping @Sendable () -> Bool
    ) async throws -> [HandedOver] {
        group.map { _ in
            HandedOver(verdict: mayStart() ? .ready : .untouched, sign: .nothing)
        }
    }
}
