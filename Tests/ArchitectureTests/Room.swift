// SPDX-License-Identifier: Apache-2.0
import Foundation

/// A line of the room table in ARCHITECTURE.md.
struct Room: CustomStringConvertible {
    var name: String
    /// The rooms that it may import.
    var rooms: Set<String>
    /// The modules of outside libraries that it may import.
    var libraries: Set<String>

    var description: String { name }

    /// Modules of the toolchain, which every room but CSV may import.
    static let toolchain: Set = [
        "Dispatch", "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
        "_StringProcessing",
    ]

    /// Whether a file of this room may import a module.
    func mayImport(_ module: String) -> Bool {
        if name == "CSV", module.hasPrefix("Foundation") { return false }
        return rooms.contains(module) || libraries.contains(module)
            || Self.toolchain.contains(module)
    }

    /// The table, parsed.
    static func table() throws -> [Room] {
        let lines = try PackageFolder.text("ARCHITECTURE.md").split(
            separator: "\n",
            omittingEmptySubsequences: false
        )
        return
            lines
            .drop { !$0.hasPrefix("| room |") }.dropFirst(2)
            .prefix { $0.hasPrefix("|") }
            .compactMap(Room.init)
    }

    private init?(line: Substring) {
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        guard cells.count == 4 else { return nil }
        name = cells[0]
        rooms = Self.names(cells[2])
        libraries = Self.names(cells[3])
    }

    private static func names(_ cell: String) -> Set<String> {
        cell == "–" ? [] : Set(cell.components(separatedBy: ", "))
    }
}
