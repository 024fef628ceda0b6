// SPDX-License-Identifier: Apache-2.0
internal import Foundation

/// The words by which a recipient stops text messages.
///
/// Pure. A reply stops when its first word is one of these, whatever its case, accents and the
/// punctuation around it: "Stop!", "arrêt svp", but not "Please don't stop".
public struct StopWords: Sendable, Hashable {
    /// Those of several languages, separated by blanks.
    public static let standard = """
        STOP STOPALL STOPP UNSUBSCRIBE CANCEL END QUIT ARRET DESABONNER BAJA ALTO PARAR CANCELAR \
        SAIR AFMELDEN ABMELDEN BASTA CANCELLA AVSLUTA СТОП ΣΤΟΠ
        """

    private let words: Set<String>

    /// Reads words separated by blanks or commas.
    public init(_ text: String = StopWords.standard) {
        words = Set(StopWords.split(text).map(StopWords.fold))
    }

    /// Whether a reply asks for no more messages.
    public func stops(_ reply: String) -> Bool {
        StopWords.split(reply).first.map { words.contains(StopWords.fold($0)) } ?? false
    }

    private static func split(_ text: String) -> [Substring] {
        text.split { !$0.isLetter && !$0.isNumber }
    }

    private static func fold(_ word: Substring) -> String {
        word.decomposedStringWithCompatibilityMapping.unicodeScalars
            .filter { $0.properties.generalCategory != .nonspacingMark }
            .reduce(into: "") { $0.unicodeScalars.append($1) }.uppercased()
    }
}
