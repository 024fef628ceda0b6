// SPDX-License-Identifier: Apache-2.0
import Audience
import Common
import Database
import Dispatch

/// Applies bulks inside a transaction, as if it were one after the other.
///
/// Members that may name one profile are merged one after the other, all others at once.
struct BulkApplication {
    /// What became of a bulk.
    struct Outcome {
        var breakdown: BulkBreakdown
        var problems = MemberProblems()
    }

    /// Bulks that are meant alike (``BulkShape``), in the order in which they came.
    let bulks: [(work: BulkLedger.Work, reader: MemberReader)]

    /// Applies the members of the bulks.
    ///
    /// - Returns: What became of each bulk.
    /// - Throws: What the database said; then nothing of the bulks may be kept.
    func apply(by context: Context, in transaction: Transaction) throws -> [Outcome] {
        let payload = bulks.flatMap { $0.work.payload ?? [] }
        return try payload.withUnsafeBufferPointer { bytes in
            let members = try read(bytes)
            var outcomes = bulks.indices.map { place in
                Outcome(
                    breakdown: BulkBreakdown(
                        total: members.count { $0.bulk == place },
                        isDryRun: bulks[place].work.bulk.isDryRun
                    )
                )
            }
            for member in members where !member.problems.isEmpty {
                outcomes[member.bulk].fail(member, member.problems)
            }
            let sound = members.indices.filter { members[$0].problems.isEmpty }
            if let reader = bulks.first?.reader, !sound.isEmpty {
                let merge = BulkMerge(bulks.map { $0.work.bulk }, reader, members, sound)
                try merge.run(sound, &outcomes, by: context, in: transaction)
            }
            for outcome in outcomes where !outcome.breakdown.closes {
                throw ImportError.ledgerOpen(outcome.breakdown.words)
            }
            return outcomes
        }
    }

    /// The members of all bulks, whose payloads lie one behind the other; read on all cores.
    private func read(_ bytes: UnsafeBufferPointer<UInt8>) throws -> [GivenMember] {
        var ends: [Int] = []
        for bulk in bulks { ends.append((ends.last ?? 0) + (bulk.work.payload?.count ?? 0)) }
        var parts = bulks.map { _ in Result<[GivenMember], any Error>.success([]) }
        parts.withUnsafeMutableBufferPointer { buffer in
            // Each place is written by one thread, and read when all have ended.
            nonisolated(unsafe) let (buffer, bytes, bulks) = (buffer, bytes, bulks)
            let ends = ends
            DispatchQueue.concurrentPerform(iterations: bulks.count) { place in
                let payload = bytes[(place == 0 ? 0 : ends[place - 1])..<ends[place]]
                buffer[place] = Result {
                    try bulks[place].reader.read(UnsafeBufferPointer(rebasing: payload), of: place)
                }
            }
        }
        return try parts.flatMap { try $0.get() }
    }
}

/// What bulks have in common that may be applied at once.
struct BulkShape: Hashable {
    private let operation: BulkOperation
    private let identifierType: MemberIdentifierType
    private let severalValues: SeveralValuesPolicy
    private let actor: String

    init(_ work: BulkLedger.Work) {
        operation = work.bulk.operation
        identifierType = work.bulk.identifierType
        severalValues = work.bulk.severalValues
        actor = work.actor
    }
}

extension [BulkLedger.Work] {
    /// The bulks in runs of one shape, in their order.
    var alike: [[BulkLedger.Work]] {
        reduce(into: []) { runs, work in
            if let last = runs.last?.last, BulkShape(last) == BulkShape(work) {
                runs[runs.count - 1].append(work)
            } else {
                runs.append([work])
            }
        }
    }
}

extension BulkApplication.Outcome {
    /// A member that is not saved.
    mutating func fail(_ member: GivenMember, _ reasons: [MemberProblem]) {
        breakdown.validationErrors += 1
        problems.add(reasons, of: member)
    }

    /// A member that is saved.
    mutating func accept(
        _ member: GivenMember,
        _ outcome: RowOutcome,
        _ warnings: [MemberProblem]
    ) {
        switch outcome {
        case .created: breakdown.created += 1
        case .updated: breakdown.updated += 1
        case .unchanged: breakdown.unchanged += 1
        }
        guard !warnings.isEmpty else { return }
        breakdown.warnings += 1
        problems.add(warnings, of: member)
    }
}
