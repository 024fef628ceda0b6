// SPDX-License-Identifier: Apache-2.0
import Foundation

/// The files of one round.
struct BenchFiles {
    let folder: String
    var floor: String { folder + "/floor.db" }
    var first: String { folder + "/first.csv" }
    var changed: String { folder + "/changed.csv" }
    var base: String { folder + "/base.csv" }
    var half: String { folder + "/half.csv" }

    /// Which files a round needs.
    enum Content {
        case first
        case firstAndChanged
        case baseAndHalf
    }

    init(_ options: Options, _ content: Content) throws {
        folder = options.folder + "/round-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: true
        )
        let rows = options.rows
        switch content {
        case .baseAndHalf:
            let people = 5 * rows - rows / 2..<5 * rows + rows / 2
            try PeopleFile(people: 0..<5 * rows).write(to: base)
            try PeopleFile(people: people, change: 1).write(to: half)
        case .firstAndChanged:
            try PeopleFile(people: 0..<rows).write(to: first)
            try PeopleFile(people: 0..<rows, change: 1).write(to: changed)
        case .first:
            try PeopleFile(people: 0..<rows).write(to: first)
        }
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }
}
