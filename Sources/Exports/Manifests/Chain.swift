// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Files

/// The manifests of one export, in the order of their numbers.
///
/// Those of a full export make no chain: each is checked by itself, and none can be missing.
struct Chain {
    private let links: [ChainLink]

    init(_ links: [ChainLink]) {
        self.links = links.sorted { left, right in
            (left.manifest.seq, left.manifest.epoch, left.name)
                < (right.manifest.seq, right.manifest.epoch, right.name)
        }
    }

    /// The chain in one sentence.
    var summary: String {
        guard let first = links.first?.manifest, let last = links.last?.manifest else { return "" }
        guard last.kind != .full else {
            return "export \(last.export) (\(last.eventType.rawValue)): full files \(first.seq) to"
                + " \(last.seq), the last with \(last.rows) rows as of \(last.window.to.at)"
        }
        let rows = links.reduce(0) { $0 + $1.manifest.rows }
        return "export \(first.export) (\(first.eventType.rawValue)): files \(first.seq) to"
            + " \(last.seq), \(rows) rows, \(first.window.from.at) to \(last.window.to.at)"
    }

    /// What breaks first, in words.
    func gap(folder: String) throws -> String? {
        for (position, link) in links.enumerated() {
            if let gap = gap(at: position) { return gap }
            if let gap = FileCheck(folder: folder, link: link).gap() { return gap }
        }
        return nil
    }

    private func gap(at position: Int) -> String? {
        let link = links[position]
        if link.manifest.kind == .full { return gap(inFull: link) }
        guard position > 0 else { return gap(atBeginning: link) }
        return gap(between: links[position - 1], and: link)
    }

    private func gap(inFull link: ChainLink) -> String? {
        guard link.manifest.eventType.isFull else {
            return "\(link.name) says that it is full, but its type is"
                + " \(link.manifest.eventType.rawValue)"
        }
        guard link.manifest.previous == nil, link.manifest.window.from.tick == Tick.beginning.id
        else { return "\(link.name) is full, but names what came before it" }
        return nil
    }

    private func gap(atBeginning link: ChainLink) -> String? {
        let isFirst = link.manifest.seq == 1
        if isFirst, link.manifest.previous != nil {
            return "\(link.name) is number 1 but names a manifest before it"
        }
        return isFirst || link.manifest.rewoundFrom == nil ? nil : fork(link)
    }

    private func gap(between previous: ChainLink, and link: ChainLink) -> String? {
        let (before, after) = (previous.manifest, link.manifest)
        if after.seq == before.seq {
            let reason =
                [after, before].contains { $0.rewoundFrom != nil }
                ? ": the database was restored from a backup in between" : ""
            return "the chain forks: \(previous.name) and \(link.name) are both number"
                + " \(after.seq)\(reason)"
        }
        guard after.seq == before.seq + 1 else {
            let missing =
                after.seq == before.seq + 2
                ? "number \(before.seq + 1) is missing"
                : "numbers \(before.seq + 1) to \(after.seq - 1) are missing"
            return "\(missing) between \(previous.name) and \(link.name)"
        }
        guard after.previous == previous.hash else {
            return "\(link.name) does not follow \(previous.name): the hash of the previous"
                + " manifest differs, so one of the two was changed"
        }
        guard after.window.from == before.window.to else {
            return "the windows do not meet: \(previous.name) ends at \(before.window.to.at),"
                + " \(link.name) begins at \(after.window.from.at)"
        }
        return after.rewoundFrom == nil ? nil : fork(link)
    }

    private func fork(_ link: ChainLink) -> String {
        let stamp = link.manifest.rewoundFrom.map { " (\($0))" } ?? ""
        return "the chain forks at \(link.name): the database was restored from a backup, and"
            + " files delivered before it may hold changes that were lost\(stamp)"
    }
}
