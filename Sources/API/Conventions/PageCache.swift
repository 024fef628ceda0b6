// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import Synchronization

/// What makes two answers to a GET the same: whose they are, of what, and how they were asked for.
struct PageKey: Sendable, Hashable {
    let workspace: WorkspaceID
    let resource: String
    /// The id that was asked for; an object is answered instead of an array.
    let id: Int64?
    /// The page, narrowed to what the caller may see.
    let page: ListingQuery
}

/// Answers to GETs that are given again while nothing was committed since they were read.
///
/// All answers are of one mark of the database; the first of another mark forgets the rest, so
/// nothing is kept that a commit may have changed, or erased.
final class PageCache: Sendable {
    /// The bytes that are kept at most.
    private static let capacity = 32 << 20
    /// The largest answer that is kept, bytes.
    private static let largest = 1 << 20

    private struct Pages {
        var mark: ChangeMark?
        var answers: [PageKey: Answer] = [:]
        var size = 0

        mutating func turn(to mark: ChangeMark) {
            guard mark != self.mark else { return }
            self = Pages(mark: mark)
        }
    }

    private let pages = Mutex(Pages())

    /// The kept answer, or what is read now.
    func answer(
        _ key: PageKey,
        _ database: Database,
        _ read: () async throws -> Answer
    ) async throws -> Answer {
        // Taken before the read: a commit in between makes the answer one of an earlier mark.
        guard let mark = database.changeMark() else { return try await read() }
        let known = pages.withLock { pages in
            pages.turn(to: mark)
            return pages.answers[key]
        }
        if let known { return known }
        let answer = try await read()
        keep(answer, key, mark)
        return answer
    }

    private func keep(_ answer: Answer, _ key: PageKey, _ mark: ChangeMark) {
        guard case .bytes(let bytes) = answer.body, bytes.count <= PageCache.largest else { return }
        pages.withLock { pages in
            guard pages.mark == mark else { return }
            if pages.size + bytes.count > PageCache.capacity { pages = Pages(mark: mark) }
            if pages.answers.updateValue(answer, forKey: key) == nil { pages.size += bytes.count }
        }
    }
}
