// Words that the passwords in every leaked list are made of. With numbers, signs or each other around them they are
// guessed first; password-rules.ts takes those away before it looks here. Without doubles, in small letters.
// Promises nothing about the rest: a password that is not here may still be a bad one.

const words = `
aaron abcd abcde abcdef access action adam adidas admin administrator adrian alaska albert alex alexander alexis allen
allison allswell amanda amateur amber america american anderson andrea andrew andromeda angel angela angels animal
anna anthony apollo apple apples april arsenal arthur asdf asdfgh asdfghjkl ashley asshole august austin autumn azerty
baby babygirl badboy bailey banana bandit barbara barcelona barney baseball basketball batman beach bear beaver beer
benjamin berlin bigdaddy bigdick bigdog bird birthday bitch black blackie blahblah blessed blink blood blowjob blue
bond booboo booger boomer boston bradley brandon brandy brazil brian bronco broncos brooklyn brother bubba bubbles
buddy bulldog buster butter butterfly butthead calvin camaro cameron canada captain carlos carolina carter casper
celtic champion change changeme charles charlie cheese chelsea cherry chester chevy chicago chicken chocolate chris
christian christina christine christmas claire classic cocacola coffee college company compaq computer confirm connect
cookie cool cooper corp corvette country cowboy cowboys cream cricket crystal daddy dakota dallas daniel danielle dark
darkness database dave david death debbie december default demo denise denver dexter diablo diamond dick dirty doctor
dog dolphin dolphins donald doom dragon dream dreams driver eagle eagles edward einstein elephant elizabeth email
emily enter eric estrella eugene example exchange extreme faith falcon family father february ferrari filter fire
firebird first fish fishing florida flower flowers flyers football forever france frank frankie franklin freddy free
freedom friday friend friends frog fuck fucker fucking fuckme fuckoff fuckyou gandalf gateway gators george ginger
girl girls god godzilla gold golden golf golfer good google gordon grace grant great green gregory guest guitar gunner
hacker hallo hammer hannah happy hardcore harley harry heather heaven hello hellokitty helpme hentai hesoyam hockey
hola home honda honey horny horse hotdog house houston hunter hunting iceman iloveu iloveyou infinity internet ireland
ironman isabella jackie jackson jaguar jake james january japan jasmine jason jasper jennifer jeremy jessica jesus
john johnny johnson jonathan jordan joseph joshua julia july june junior justice justin karina katie kelly kevin
killer king kitty knight kristina krystal ladybug lakers lauren leather legend letmein letmeinnow liberty light
lincoln little liverpool login london looking loser louise love lovely loveme lover loveyou lucky maddog madison
maggie magic manager manchester marina mario marlboro marley martin marvin mary master matrix matthew maverick maxwell
melissa mercedes mexico michael michelle mickey midnight miller minecraft mister mobile monday money monica monitor
monitoring monkey monster morgan mother mountain mustang myspace naruto nascar natalie natasha nathan ncc1701 network
newyork nicholas nicole night ninja nirvana nissan november october office oliver operator orange pakistan pantera
panther paris parker pass passion passport passw0rd passwd password passwort patrick peaches peanut pepper peter
phantom phoenix player please pokemon police porsche princess private purple pussy qazwsx qqww qwer qwert qwerty
qwertyui qwertyuiop qwertz rabbit rachel raiders rainbow ranger rangers rebecca red redskins redsox richard robert
rocket romans root rosebud runner russia ryan samantha samson samsung samuel sandra saturday scooter scorpio scorpion
scott secret security september server service sex sexy shadow shannon shorty sierra silver simon simple single slayer
slipknot smith smokey snoopy soccer sophie spider spiderman spring squirt stars startrek starwars status steelers
stella stephanie steven strawberry student success summer sunday sunflower sunshine super superman supervisor support
sweet sweety swordfish sydney system taylor teacher team teddy temp tennis teresa test tester testing texas theman
thomas thunder thursday thx1138 tiffany tiger tigers tigger time tinkerbell toor topsecret toyota travis trinity
trouble trustno trustnoone tucker tuesday turtle twitter tyler united universe uptime user vagina valentina vampire
vanessa veronica victor victoria viking vikings vincent voyager warcraft warrior watchman welcome welcometo whatever
white wilson windows winner winter wizard wolf wolves work xavier yamaha yankee yankees yellow young zaq zaqwsx zaqxsw
zxcv zxcvbn zxcvbnm
`

export const commonWords: ReadonlySet<string> = new Set(words.split(/\s+/).filter(Boolean))

/** The longest of them. */
export const longestWord = Math.max(...[...commonWords].map((word) => word.length))
