"""Given names that stand for each other, in several languages; the first of a line is the one that all are read as."""

from __future__ import annotations

_GROUPS = """
abigail abby gail
agnieszka aga
albert al bert bertie
alexander alex sandy sasha aleksander alejandro alessandro alexandre aleksandr sascha xander
alexandra alexa sandra lexi alessandra aleksandra
alfred alf fred freddie
alice alicia alison
amanda mandy
andrew andy drew andreas andres andre andrej andrzej
ann anne anna annie nan anya ana annette anita
anthony tony antonio anton antoine antoni
arthur art artur arturo
barbara barb babs barbra basia
benjamin ben benny benji
bernard bernie bernhard bernardo
bradley brad
catherine katherine kathryn kate katie kathy cathy kat kit katharina katarzyna caterina catalina ekaterina kasia
cecilia cecily celia
charles charlie chuck chas karl carl carlos carlo charlot
charlotte lottie charly
christian chris
christina christine chris tina kristin kirsten krystyna cristina
christopher chris kit topher christoph cristobal kristof christophe
clifford cliff
cynthia cindy
daniel dan danny daniele danilo
david dave davey davide
deborah deb debbie debra
dennis denny denis dionisio
dominic dom nick dominik dominique domingo
donald don donnie
dorothy dot dottie dolly dorothea dorota
douglas doug
edward ed eddie ned ted teddy eduard eduardo edoardo edouard
eleanor ellie nell nora elinor eleonora leonora
elizabeth liz beth betty eliza lisa lizzie libby betsy elisabeth elisabetta elzbieta isabel lise elise lilibet
emily em emmy emilia emilie
emmanuel manny manuel emanuele manolo
eugene gene eugen eugenio
evelyn eve evie
florence flo flora
frances fran fanny francesca franziska francisca francoise
francis frank francesco franz francisco paco francois frans
frederick fred freddy rick fritz friedrich federico frederic
gabriel gabe gabriele
gabriella gabby gabriela gabrielle
george georg jorge giorgio georges jerzy yuri
gerald gerry jerry gerhard gerard gerardo
geraldine gerry
gregory greg gregor gregorio grzegorz
gustav gus gustavo gustave
harold harry hal
helen helena nell elena helene ellen
henry harry hank heinrich enrique enrico henri heinz henryk hendrik
hubert bert
ignacio nacho ignatius
irene rene irena
isabella bella izzy isabelle isabell
jacob jake jakob jacobo
jacqueline jackie
james jim jimmy jamie jaime giacomo santiago diego jacques
jane janet jenny janie joan joanna johanna jana juana jeanne giovanna
jason jay
jeffrey jeff geoffrey geoff jeffery
jennifer jen jenny jenn
jessica jess jessie
john jack johnny jon johann johannes hans juan giovanni jean jan ivan sean ian jonny johan
jonathan jon jonny nathan jonatan
joseph joe joey josef jose giuseppe pepe jozef josip beppe jo
josephine jo josie josefina josefine
joshua josh
judith judy judi
julia julie juliet giulia jules
julian jules julius giuliano
kenneth ken kenny
kimberly kim
lawrence larry laurie lorenzo laurent lorenz laurence lars
leonard leo len lenny leonardo leonhard
leslie les
lewis lou louis luis luigi ludwig lou
louise lou luisa luise
lucas luke luca lukas lucas lukasz
lucy lucia lucie luz
ludwig lutz
madeline maddie madeleine magdalena lena magda
margaret maggie meg peg peggy marge margie greta rita margarita margarete margot malgorzata gosia grete
mark marc marcus marco marcos markus marek
martha marta patty
martin marty martino
mary maria marie molly polly mia mamie mariya maryam miriam
matthew matt mateo matteo matthias mathieu matthieu mats mateusz
maximilian max massimiliano maxim maxime
melanie mel
melissa mel missy
michael mike mick mickey mikey michel miguel michele mikhail misha michal mikael michail
mohammed muhammad mohamed mohammad mo muhammed mohamad mehmet
natalie nat natalia nathalie natasha
nathaniel nathan nate nat
nicholas nick nicky niklas nikolaus nicolas nicola nikolai klaus claus nico mikolaj
olivia liv livvy
oliver ollie olivier
pamela pam
patricia pat patty trish tricia patrizia
patrick pat paddy patrice patricio patryk
paul paulo pablo paolo pavel pawel pauli
peter pete pedro pietro pierre petr piotr pyotr peer
philip phil phillip philipp felipe filippo philippe filip pip
rachel rae rachael raquel
raymond ray raimund ramon raimundo
rebecca becky becca rebekka
richard rick dick rich ricky richie ricardo riccardo ryszard
robert rob bob bobby robbie roberto bert robin rupert
roland rolando
ronald ron ronnie
rosemary rose rosie
rudolf rudi rudy rodolfo rolf
samantha sam sammy
samuel sam sammy
sarah sally sara sadie
sebastian seb bastian basti sebastien
sophia sofia sophie sofie zofia
stephanie steph stefanie stefania
stephen steve steven stefan stefano esteban etienne stephan szczepan stevie
susan sue susie suzanne susanne susanna zuzanna
sylvester sly
theodore ted teddy theo teodoro theodor
theresa terry tess teresa tessa therese
thomas tom tommy tomas tommaso tomasz
timothy tim timmy timo
valentina val
veronica ronnie vera
victor vic viktor vittorio
victoria vicky tori vicki viktoria
vincent vince vinny vinnie vincenzo vicente
virginia ginny
walter walt wally walther gualtiero
wilhelmina mina willa minnie
william will bill billy liam willy wilhelm guillermo guglielmo guillaume wim willem
wolfgang wolf
yevgeny evgeny evgeni jewgeni
zachary zach zack zac
"""

_READ_AS: dict[str, frozenset[str]] = {}
for _line in _GROUPS.split("\n"):
    _names = _line.split()
    for _name in _names:
        _READ_AS[_name] = _READ_AS.get(_name, frozenset()) | {_names[0]}


def full_names(name: str) -> frozenset[str]:
    """What a folded given name may stand for; itself where nothing is known."""
    return _READ_AS.get(name) or frozenset((name,))
