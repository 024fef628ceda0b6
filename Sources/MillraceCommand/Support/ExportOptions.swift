// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import Common
import Exports
import Files

/// How the values of an export are written.
struct ExportFormatOptions: ParsableArguments {
    @Option(help: "1/0, Y/N or TRUE/FALSE.") var booleans = BooleanFormat.words.rawValue
    @Option(help: "yyyy-MM-dd, dd/MM/yyyy, MM/dd/yyyy or yyyyMMdd.")
    var dates = DateFormat.iso.rawValue
    @Option(help: "Such as 'yyyy-MM-dd HH:mm:ss' or 'dd/MM/yyyy HH:mm'.")
    var moments = MomentFormat.spaced.rawValue
    @Option(help: "The zone of moments.") var momentsZone = "UTC"
    @Option(help: "What stands between several values: , | ; or a space.")
    var severalSeparator = SeveralSeparator.comma.rawValue
    @Option(help: "What stands between columns: comma, semicolon or tab.")
    var separator = Delimiter.semicolon.rawValue
    @Flag(help: "Put an apostrophe before cells that a spreadsheet would run.")
    var neutralizeFormulas = false
    @Option(help: "Subscriptions as booleans, or as oneColumn of names.")
    var subscriptions = SubscriptionForm.booleans.rawValue

    func formats() throws -> ValueFormats {
        var formats = ValueFormats()
        formats.booleans = try choice("--booleans", booleans)
        formats.dates = try choice("--dates", dates)
        formats.moments = try choice("--moments", moments)
        formats.severalSeparator = try choice("--several-separator", severalSeparator)
        formats.delimiter = try choice("--separator", separator)
        formats.neutralizesFormulas = neutralizeFormulas
        guard let zone = Zone(momentsZone) else {
            throw ValidationError("\(momentsZone) is no time zone")
        }
        formats.zone = zone
        return formats
    }

    func form() throws -> SubscriptionForm { try choice("--subscriptions", subscriptions) }
}

/// Where the files of an export go.
struct ExportTransferOptions: ParsableArguments {
    @Option(help: "The file's name, with date patterns such as $yyyyMMdd.") var file: String
    @Option(help: "A date pattern behind the file's name.") var suffix = ""
    @Option(help: "The location.") var location = "transferbox"
    @Option(help: "none, zip or gzip.") var compression = "none"
    @Option(help: "The name inside a compressed file.") var innerFile: String?
    @Flag(help: "Make no file when nothing is new.") var noEmptyFile = false

    func transfer(_ location: LocationID) throws -> Transfer {
        guard let packing = Compression(rawValue: compression) else {
            throw ValidationError("\(compression) is none of none, zip, gzip")
        }
        return Transfer(
            fileName: file,
            suffix: suffix,
            location: location,
            compression: packing,
            innerFileName: innerFile
        )
    }
}

private func choice<Choice: RawRepresentable & CaseIterable>(
    _ option: String,
    _ text: String
) throws -> Choice where Choice.RawValue == String {
    guard let choice = Choice(rawValue: text) else {
        let words = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        throw ValidationError("\(option) must be one of \(words)")
    }
    return choice
}
