import pytest

from nnlab.datasets.text.encoding_guess import likely_encoding

SAMPLES = [
    ("cp1252", "pâte,crème fraîche,bière,café,thé,pain,œufs,jambon,pêches,crêpes,purée"),  # French
    ("cp1252", "Les élèves étaient déjà à l’école où ça sent bon."),
    ("cp1252", "thé,crème"),
    ("cp1252", "café"),
    ("cp1252", "CRÈME BRÛLÉE"),
    ("cp1252", "Käse,Brötchen,Würstchen,Süßigkeiten,Öl"),  # German
    ("cp1252", "jamón,piña,azúcar,plátano,champiñón,¿qué?"),  # Spanish
    ("cp1252", "De coöperatie zei: “één café”, en ging naar huis."),  # Dutch
    ("cp1252", "I see the café.\tIk zie het café.\nA naïve idea.\tEen naïef idee."),
    ("cp1252", "pão,maçã,feijão,limões,açúcar,pêssego"),  # Portuguese
    ("cp1252", "rødgrød,smør,brød,æble,ål,pålæg"),  # Danish
    ("cp1252", "crème fraîche,Käse,jalapeño,smørrebrød"),  # four languages
    ("cp1252", "“Quoted” – and it’s £5"),
    ("cp1250", "Zażółć gęślą jaźń"),  # Polish
    ("cp1250", "chleb,masło,śmietana,żółty ser,jabłka,łosoś"),
    ("iso8859-2", "Zażółć gęślą jaźń, chleb i masło"),
    ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy"),  # Czech
    ("cp1250", "Árvíztűrő tükörfúrógép"),  # Hungarian
    ("cp1250", "čokolada,šećer,žganci,voće,povrće"),  # Croatian
    ("cp1254", "çikolata,şeker,yoğurt,ığdır,süt,ıspanak"),  # Turkish
    ("cp1257", "šokoladas,sūris,žuvis,ąsotis,dešra,ėjo"),  # Lithuanian
    ("cp1251", "Съешь же ещё этих мягких французских булок, да выпей чаю."),  # Russian
    ("koi8-r", "хлеб,молоко,сыр"),
    ("cp1251", "хліб,молоко,сир,їжа,яблуко"),  # Ukrainian
    ("cp1253", "ψωμί,γάλα,τυρί,ελιές,λάδι"),  # Greek
    ("shift-jis", "牛乳,パン,卵,バター"),  # Japanese
    ("euc-jp", "これは日本語のテキストです。牛乳、パン、卵。"),
    ("gb18030", "牛奶,面包,鸡蛋,黄油,苹果,我们去商店买东西,因为明天是星期天。"),  # Chinese
    ("big5", "牛奶,麵包,雞蛋,奶油,蘋果,我們去商店買東西,因為明天是星期天。"),
    ("euc-kr", "우유,빵,계란,버터,사과,우리는 가게에 간다"),  # Korean
    ("mac-roman", "pâte,crème fraîche,bière,café,thé"),
    ("cp850", "Käse,Brötchen,Würstchen,Süßigkeiten"),
]


@pytest.mark.parametrize("lines", [1, 20])
@pytest.mark.parametrize(("encoding", "text"), SAMPLES)
def test_the_guessed_encoding_decodes_the_text_correctly(
    encoding: str, text: str, lines: int
) -> None:
    content = "\n".join([text] * lines).encode(encoding)
    assert content.decode(likely_encoding(content)) == "\n".join([text] * lines)


def test_a_character_cut_off_at_the_end_does_not_change_the_guess() -> None:
    content = "これは日本語のテキストです。".encode("shift-jis")
    assert likely_encoding(content[:-1]) == "shift-jis"
