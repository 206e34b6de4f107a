/** The cues of each task in English and French, as `cues.ts` reads them. Words are written without accents. */
import type { Task } from "../domain/traits.ts";

const TEXT =
  "text|texts|article|articles|passage|paragraph|document|story|report|email|conversation|dialogue|review|reviews|book|page|post|transcript|texte|textes|paragraphe|rapport|reunion|meeting|notes|discussion|livre|contrat|contract|this|these|ceci|cela|ce|cet|cette|ces";
const LANGUAGES =
  "english|french|spanish|german|italian|portuguese|dutch|chinese|mandarin|japanese|korean|arabic|russian|hindi|polish|turkish|greek|hebrew|latin|swedish|anglais|anglaise|francais|espagnol|allemand|italien|portugais|neerlandais|chinois|japonais|coreen|arabe|russe|polonais|turc|grec|suedois";
const PIECES =
  "poem|poeme|haiku|sonnet|story|histoire|tale|conte|novel|roman|nouvelle|essay|essai|dissertation|article|blog|post|billet|email|mail|courriel|letter|lettre|speech|discours|song|chanson|lyrics|paroles|scenario|dialogue|monologue|ad|advertisement|publicite|slogan|tagline|description|press|communique|newsletter|report|rapport|review|critique|bio|biography|biographie|toast|tweet|linkedin|caption|chapter|chapitre|whitepaper|proposal|proposition|brief|guide|tutorial|tutoriel|documentation|design|presentation|fable|limerick|joke|blague|invitation|announcement|annonce|message|paragraph|paragraphe|sentence|phrase|question|texte|text|piece|content|contenu|copy|scene|statement|resume|cv|policy|contract|contrat|cahier|fiche|motivation";
const WRITE =
  "write|compose|draft|pen|author|create|generate|produce|craft|prepare|ecris|ecrire|ecrivez|redige|rediger|redigez|compose|composez|invente|imagine|genere|cree|prepare|raconte|racontez";
const PROGRAMS =
  "python|javascript|typescript|java|c++|c#|golang|rust|php|ruby|kotlin|swift|perl|scala|haskell|bash|sql|html|css|react|django|flask|numpy|pandas|regex|regexp|powershell|matlab|jquery|nodejs|postgres|postgresql|mysql|dockerfile|docker|kubernetes|terraform|yaml|json|xml|api|excel|script|shell|git|css|vba|cobol|assembly";
const CODE_THINGS =
  "function|program|class|method|script|algorithm|query|code|regex|component|endpoint|snippet|app|application|module|library|parser|server|fonction|programme|classe|methode|algorithme|requete|composant|api|bot|website|test|tests";

export const TASK_CUES: readonly (readonly [Task, string])[] = [
  [
    "classification",
    `4 sentiment, classify, classifie|classifier|classifies|classifiez, classifier, categorize|categorise, categorise|categoriser, ^classe ce|cette|cet|ces|le|la|les
     4 positive or negative, negative or positive, positive negative, positif ou negatif, positive ou negative, positif negatif, negative neutral, positive .. neutral, positif .. neutre
     4 yes or no, oui ou non, true or false, vrai ou faux, true false, vrai faux, spam or, spam ou, toxic or, moderation, moderate .. content|comment|message, ^is this .. spam|toxic|sarcastic|positive|negative
     4 which category, what category, which class, which label, which topic, what topic, quelle categorie, quel theme, which .. best describes, which one of, one category, pick .. category, section of a newspaper
     3 detect .. emotion|intent|toxicity|sarcasm|stance|spam|hate, ^label, labelled|labeled, etiquette|etiqueter, intent of, intention .. message|client|utilisateur|demande, what emotion, quelle emotion, quel sentiment, quel est le ton, what is the tone
     3 same thing|meaning, paraphrases of, duplicate|duplicates, entail|entails|entailment, contradict|contradicts|contradiction, doublon, hate speech, haineux|haineuse, discours de haine
     3 on a scale, sur une echelle, how .. rate .. review, star rating, how many stars, stars would, rate .. review|product|comment, note de 1 a 5, 1 a 5, 1 to 5, priority .. ticket, priorite .. ticket, urgent ou, urgent or, is .. question asking
     5 toxic|toxique|spam|sarcastic|offensive|injurieux|frauduleux, feeling .. this|review|movie|product, is this review, is .. review, satisfied .. not, satisfait ou, would .. recommend, cet avis .. positif|negatif, ce commentaire .. est
     2 is it true, is that true, always sometimes or never, correct or incorrect, acceptable, does this, do these, are these, are the following .. same, can we infer, must be true, is this, est ce que ce|cette|cet, options are, possible categories, categories, answer with|by .. yes, reponds .. oui, repondre par oui, respond with one, ordre de priorite, answer yes, should .. assume, justified in saying, guaranteed true
     4 a paraphrase, paraphrase sentence, reviewer|viewer|critic|customer|user|client .. feel|enjoy|like|satisfied|recommend|think, feel about, rating of|for|this, news regarding, asking for, verify if, tag|tags .. headline|ticket|message|email|as
     4 sentiment de|du, un spam, comment toxic, decrease or increase, increase or decrease, intent of, would .. recommend
     4 determine|identify|judge|decide|detect|check|verify|predict if|whether|which, determine .. topic|sentiment|category|label, topic of, asking .. same, equivalent or, hateful|hate, stereotype, or not acceptable, acceptable or not, correct or not
     4 express|expresses .. anger|joy|sadness|emotion, label each|this|these|the, safe or unsafe, langue de ce|cette, what language is, ^moderate, ^determine|detecte|indique|verifie|dis .. si
     2 or not, two sentences
     1 review, avis, tweet, either, labels, choose between, based on .. premise, premise, hypothesis, neutral|neutre`,
  ],
  [
    "extraction",
    `5 extract|extracts|extracting|extracted, details about|on, extrais|extraire|extrait|extrayez, extraction, named entit*, entites nommees, parse, keywords, mots cles, mots clefs, key concepts
     4 ^list|find|identify|give|get .. all .. dates|names|people|places|locations|organizations|companies|emails|numbers|entities|mentioned|products
     4 ^liste|listez|releve|trouve|identifie|donne|recupere .. dates|noms|personnes|lieux|organisations|entreprises|adresses|montants|entites|mentionnes|mentionnees
     4 mentionnees|mentionnes|cites|citees dans, mentioned in
     4 phone number|numbers, email address|addresses, numero|numeros de telephone
     3 mentioned above|below, from this|the .. return|give|get|list, ^recupere, cites dans, pull out, phone numbers, due date, date d echeance, invoice number, numero de facture, convert .. to json, as json with, into json, en json, to csv, into a table, sous forme de tableau, json .. fields, champs
     2 ^identify, ^releve, ^identifie, what are the topics, give details on, what .. in the sentence, key phrases, fill .. fields, json .. keys, schema, return json, return only, entities, facture, invoice, spans`,
  ],
  [
    "summarization",
    `5 generate|write|give|create|produce .. summary|headline|title, write .. title|headline .. for|this
     5 summarize|summarise|summarizes|summarizing|summarising, summary|summaries, tl dr, tldr, resumer|resumez, synthetise|synthetiser, un resume, le resume, faire une synthese, synthese de
     5 ^resume moi|ce|cet|cette|ces|le|la|les|l|en|brievement, ^resumes moi|ce|cet|cette, resume .. texte|article|reunion|phrases|lignes|points|mots, en resume
     4 headline for, title for, title of this, titre pour, titre a, un titre, main points, key points, key takeaways, points cles, points essentiels, points principaux, grandes lignes, idee principale, main idea, gist, bullet points .. ${TEXT}, in a nutshell, sum up, recap|recaps|recapitule|recapituler, condense|condenser, boil down, distill
     5 takeaways, de quoi parle|parlent|traite, shorten .. article|report|essentials, l essentiel de, outline .. ${TEXT}, main points, sum .. article, explain .. article|text|passage, what .. article .. means, what .. about in brief, compte rendu, executive summary, abstract, most important .. ${TEXT}, suggest .. title, cards, highlights, what was that dialogue about
     1 article, conversation, dialogue`,
  ],
  [
    "translation",
    `6 translate|translates|translation|translating|translator|translations, traduis|traduire|traduit|traduisez|traduction|traducteur|traductions|traduisent
     3 to|into|in|from|en|vers|de ${LANGUAGES}, dit on .. en, comment dit on, how .. say .. in, comment dire
     5 ${LANGUAGES} word|words|term|phrase for, mot ${LANGUAGES} pour
     2 ${LANGUAGES} sentence|version|equivalent|language|text, uebersetze|ubersetze, traduce, traduci, traduza, vertaal`,
  ],
  [
    "rewriting",
    `5 rewrite|rewriting|reword|rephrase|rephrasing|paraphrasing|proofread|proofreading, reformule|reformuler|reformulez|reecris|reecrire|reecrivez|paraphraser, ^paraphrase, paraphrase this|the|following|ce|cette|le|la
     5 fix|correct|check .. grammar|spelling|typos|mistakes|punctuation, corrige|corriger|corrigez .. fautes|orthographe|grammaire|texte|phrase|erreurs|mail|email|lettre|ce|cette|les, grammatically correct, fautes d orthographe
     4 make .. more|less|sound|it .. formal|professional|polite|concise|casual|friendly|engaging|shorter|readable|natural|persuasive, rends|rendre .. plus|moins, more formal*, more concise|professional|polite, plus formel|professionnel|poli|concis|court|naturel|clair|simple|fluide, simplify .. ${TEXT}|sentence, simplifie|simplifier .. ${TEXT}|phrase, shorten, raccourcis|raccourcir|raccourcissez
     5 ^polish, say|put|write this|it .. more, more politely|formally|clearly|concisely, plus poliment|clairement|formellement
     8 means the same, same meaning sentence
     4 in the style of .. ${TEXT}|sentence, passive voice, active voice, voix passive, voix active, change .. tone|tense|style, change .. ton|temps, au passe compose, third person, present tense, past tense, tutoiement, vouvoiement, autrement
     3 improve .. ${TEXT}|writing|sentence|wording|my|email|essay, ameliore|ameliorer .. ${TEXT}|phrase|style|mon|lettre, polish .. this|my|text|email, tone down, edit .. this|my|following, elaborate .. sentence, expand on this, alter sentence, modify .. sentence, minimal changes, without changing .. meaning, sans changer le sens, ^simplify, ^simplifie, ^expand, ^corrige, ^proofread
     2 grammar|grammaire|grammatical, orthographe, typos, tone, wording, formulation, fautes`,
  ],
  [
    "closed_qa",
    `4 according to the|this, based on the|this, d apres le|la|les|ce|cet|cette, selon le|la|les|ce|cet|cette .. texte|passage|document|article|extrait|paragraphe, in the text|passage|paragraph|article|document|context|table, dans le|ce|cet|l .. texte|passage|document|article|extrait|paragraphe
     4 using .. context|passage|information|document, use .. context|passage|information|following .. answer, given the context|passage|following|paragraph|fact|information, answer .. based on|from|using, reponds .. a partir|texte|contexte|document, a l aide du texte|contexte|document
     3 here is|s|are .. the|our|my, voici le|la|les|l|un|une|notre|nos|mon
     3 following question .. paragraph|plot|passage|movie, question about this|the .. plot|text|passage|article, answer .. question|questions .. plot|passage, following process, un answerable, not answerable, no answer
     3 context, contexte, passage, background, ^information, ^informations, supporting, read the following, lis le|ce|cet texte|passage|extrait|document|paragraphe, le texte suivant, le document suivant, answer is in, not in the text, insufficient information, unanswerable, can t find .. answer
     2 ^context, ^contexte, ^extrait, ^document, ^article, ^texte, ^text, ^paragraph, ^plot, ^table, ^q, article, paragraph, answer the question, reponds a la question, following question`,
  ],
  [
    "open_qa",
    `2 ^what is|are|was|were|s|does|do|did|causes|happens|makes, ^who|whose|whom, ^when, ^where, ^why, ^how do|does|did|is|are|can|to|come|long|far|old|big|tall|deep|often, ^which, explain how|why|what|the, ^explain, ^define, ^describe, tell me about, difference between, differences between
     2 ^qui, ^quel|quelle|quels|quelles, ^quand, ^ou est|sont|se, ^pourquoi, ^comment, ^qu est ce, ^explique|expliquer|expliquez|expliques, ^definis|definir, ^decris|decrire, c est quoi, parle moi de, difference entre, differences entre, qu est ce que|qui|qu, a quoi sert, en quoi
     2 capital of, capitale, history of, histoire de la, meaning of, que signifie, what does .. mean, ^compare|comparer|comparez, pros and cons, avantages et, should i, dois je, faut il, is it .. to, est il, est ce que, how can i|we|you, possible answers, correct answer, following statements, which of the following, ^is|are|was|does|do|did|can|could|has|have, ^name, ^nomme, ^cite, ^question, what year|time|country|city|day|kind|type, do i need to, trivia, i was wondering, ^discuss, ^tell me
     0.5 what|who|when|where|why|how|which, quel|quelle|quels|quelles, comment|pourquoi|quand, answer|answers, reponse`,
  ],
  [
    "brainstorming",
    `5 brainstorm|brainstorming, ideas for|about|on|to|of, idees de|d|pour|sur, give|donne|suggest|propose|generate|list|trouve .. ideas|idees, gift ideas, idees cadeaux, remue meninges
     5 what should i cook|watch|read|buy|wear|name|get, what can i cook|make, que cuisiner|regarder|lire|offrir
     5 need .. name|names|idea|ideas, catchy, what are some .. ideas|activities|ways|things|names|gifts|fun|good, que je peux|pourrais .. faire|cuisiner|offrir|preparer|visiter
     4 itinerary, itineraire, meal plan, plan de repas, workout plan, training plan, study plan, plan a trip|party|weekend|week|vacation, planifie|planifier|organise|organiser .. voyage|semaine|week|sejour|fete|soiree|anniversaire, names for, noms pour, noms de, name ideas, idees de noms, ways to, facons de, manieres de
     4 ^suggest, suggestions, ^suggere|suggerer|suggerez, ^propose|proposer|proposez, recommend|recommends|recommendations, recommande|recommander|recommandez|recommandations, conseille|conseiller moi, what should i cook|watch|read|buy|do|name|wear|get|make, que puis je offrir|cuisiner|faire|regarder|lire, quoi faire
     3 come up with, ^list|give .. ways|tips|things|options|activities|topics|examples|names|reasons|books|movies|titles, ^donne|liste .. exemples|facons|conseils|astuces|activites|sujets|titres|noms|raisons|films|livres|pistes, astuces pour, conseils pour, tips for|on|to, pistes pour, options for, schedule for, weekend in, week end a
     2 ideas|idees, ^list, ^liste, ^plan, plan for, creative, original, themes, activities for, activites pour`,
  ],
  [
    "generation",
    `5 ^${WRITE} .. ${PIECES}, ^tell .. story|joke|tale, ^raconte .. histoire|blague|conte
     5 come up with .. story|poem|slogan|speech|song, need|want .. letter|speech|email|poem|post|essay|story|article, besoin .. lettre|discours|poeme|texte|article, veux|voudrais .. lettre|discours|poeme|article, resignation letter, lettre de
     4 words essay, word essay, essay on|about, poem about, poeme sur, story about, video|youtube|film|movie script, movie plot, short biography, histoire sur, cover letter, lettre de motivation, blog post, article de blog, product description, description de produit, fiche produit, press release, communique de presse, job description, fiche de poste, business plan, design document, technical design, cahier des charges
     3 ^write, ^ecris|ecrire|ecrivez|redige|rediger|redigez|compose|composer|composez, ^draft, ^compose, ^create, ^craft, generate .. sentence|passage|text|question|description|interpretation|story|paragraph, linkedin post, post linkedin, lyrics, paroles, haiku|sonnet|limerick|acrostic, come up with .. question, formulate .. question, ^design, fairy tale, conte de fees
     2 ^generate, ^genere|generer, ^produce, ^prepare, ^imagine .. histoire, ^invente|inventer, ^continue the story, write .. sentence|reasons|question|paragraph, your task is to write|generate, storyline, concepts, character, plot twist, write .. about, mail .. pour, email to`,
  ],
  [
    "code",
    `4 ^${WRITE}|build|implement|design|code|develop|develope|fais|implemente|code|developpe .. ${CODE_THINGS} .. ${PROGRAMS}, in|en ${PROGRAMS}, ${PROGRAMS} ${CODE_THINGS}|code, script python|bash|shell, requete sql, sql query, ${CODE_THINGS} ${PROGRAMS}
     5 ^${WRITE}|build|implement|develop|implemente|fais .. function|program|algorithm|fonction|programme|algorithme|script|regex|query|requete, expression reguliere
     4 debug|debugging, refactor|refactoring, stack trace, traceback, compile|compiler|compilation error, unit test|tests, tests unitaires, source code, code source, regular expression, expression reguliere, leetcode, pull request, code review, syntax error, segfault, nullpointerexception|typeerror|syntaxerror|keyerror|valueerror|importerror
     3 python|javascript|typescript|java|c++|c#|golang|php|ruby|kotlin|perl|haskell|sql|html|css|numpy|pandas|dockerfile|kubernetes|terraform|regex|bash|django|nodejs|postgresql|mysql|powershell|jquery
     3 ^implement|implementer|implemente, ^fix|corrige .. bug|code|function|fonction, this code, ce code, following code, code suivant, bug|bugs, api rest, rest api, binary search tree, linked list, liste chainee, hash map, web scraper, crud, algorithm to|for|that, algorithme de|pour, time complexity, data structure, cron, nginx, git|github, coding agent, programming assistant, software engineer .. code
     2 function|fonction that|which|to|qui|pour|takes, ${CODE_THINGS} that|which|qui, program, programme, code, array|tableau .. integers|entiers, string, input|output|integer, returns|return, json, endpoint, database, base de donnees, react|rust|swift|docker, variable, for loop, boucle, def, const, import, print, select, void|null, command line, terminal, linux`,
  ],
  [
    "reasoning",
    `5 prove that|the|by, ^prove, ^demontre|demontrer|demontrez, proof of, preuve de, solve for, solve .. equation, resous|resoudre .. equation|systeme|inequation, olympiad*, olympiade*, ^solve, ^resous|resoudre, ^compute, ^calculate, ^calcule|calculer|calculez, ^evaluate, integral of|from, integrale de, derivative of, derivee de, calcule|calculer .. derivee|integrale
     4 ^determine all, ^find .. value|values|sum|number|remainder|area|x|derivative|roots|all|probability|largest|smallest, ^trouve|trouver .. valeur|somme|nombre|reste, how many .. ways|divisors|solutions|integers|digits, what is the probability, probabilite que|de|d, logic puzzle, enigme, riddle, devinette, knights and knaves, puzzle, syllogism*, equation|equations, theorem*, theoreme
     5 integrate|differentiate, comes next, quel age a
     3 double de, triple de, how many|much, combien, ^all .. are .. all .. are, ^all .. are .. all, tous les .. sont .. tous, how much .. cost|money|left|total, percent|percentage|pourcentage, square root, racine carree, remainder, perimeter|perimetre, circumference, polynomial, polynome, integer|integers .. such that, entier|entiers .. tel|tels, next number, nombre suivant, sequence, suite, average|moyenne, plus|minus|times|divided by, fois plus, ratio, chess, sudoku, what day, quel jour, speed, vitesse, kilometers per hour, km h, miles per hour, triangle|triangles, matrix|matrice, modulo, prime number*, nombre premier, nombres premiers
     2 altogether, in all, au total, en tout, en moyenne, each, chacun|chacune, twice, half|moitie, tiers, left|reste, step by step, etape par etape, sum of, somme des|de, product of, produit de, area|aire, angle, fraction, deduce, deduis, if all, si tous, taller than, older than, plus age, estimate|estime, days|hours|minutes .. take, dozen|douzaine, total`,
  ],
  [
    "chat",
    `6 ^how are you, ^how is it going, ^how s it going, what s up, ^comment ca va|vas|allez, ^ca va, ^comment vas tu, ^comment allez vous, who are you, qui es tu, qui etes vous, your name, ton nom, comment t appelles|appelle, tu t appelles, are you .. human|robot|ai|real|bot, es tu .. humain|robot|ia, good morning|evening|night|afternoon, nice to meet you, ravi de, enchante, tell me about yourself, parle moi de toi, how old are you, quel age as tu, who made|created you
     4 ^imagine you|yourself, ^pretend, ^imagine que tu es, ^fais comme si, take on the role, assume the role, play the role|part, joue le role, jouons, let s play, role play|roleplay, ^act as, ^you are .. named, in character, from the perspective of, let s chat, discutons, bavard*, i m bored, je m ennuie, keep me company, ^as a|an .. describe|share|tell|explain
     4 i feel|am|m .. sad|lonely|tired|happy|depressed|anxious|stressed|bored|down, je me sens, je suis .. triste|seul|seule|fatigue|fatiguee|content|contente|stresse|stressee|heureux, i had a .. day, quelle journee, do you like|love|think|have|know|feel|dream|believe, aimes tu, tu aimes, penses tu, tu penses, as tu, what do you think, qu en penses tu, can we talk, on peut parler, what .. your favorite|favourite, ton .. prefere|preferee, what can you do, que sais tu faire, que peux tu faire
     4 do you ever|get|sleep|eat|want|remember, you re .. best|great|awesome|funny, tu fais quoi, tu vas bien, tu es .. genial|super|drole|marrant
     4 set .. alarm|timer|reminder, remind me, rappelle moi, mets|regle .. alarme|reveil|minuteur|musique, reveille moi, play .. song|music|playlist, turn on|off|up|down, allume|eteins, my .. account|balance|card|bill|calendar|bank|meeting|reservation|luggage|flight|pto|vacation, what s the weather, weather like, quel temps fait, meteo, book .. flight|table|restaurant, call .. mom|me, order .. pizza, shopping list, todo list, to do list, text .. that, roll .. dice|die, flip a coin
     5 ^you are a|an|the|my, ^you re a|an|my, ^tu es un|une|le|la|mon|ma
     -6 ^you are given|provided|asked|expected|presented|considering|going|shown|to|a helpful, ^you will be
     3 persona of|as, ^you are, thanks, thank you, ^merci, hello, hi, hey, bonjour, salut, coucou, bonsoir, lol, haha*, ^congratulations, ^bravo, ^bye|goodbye, au revoir, bonne nuit|journee|soiree, see you, a demain, i love you, je t aime
     1.5 i want|need|d, did i, am i, can i get, i like
     1 you|your, tu|toi|ton|ta|tes, i m, je suis, my, mon|ma|mes`,
  ],
];

export const SHAPE_LABELS = ["hard", "easy", "given", "long", "brief"] as const;
export type ShapeLabel = (typeof SHAPE_LABELS)[number];

/** What bears on difficulty and length whatever the task. */
export const SHAPE_CUES: readonly (readonly [ShapeLabel, string])[] = [
  [
    "hard",
    `5 ^prove, prove that, proof, theorem*, theoreme*, olympiad*, olympiade*, demontre|demontrer|demontrez, preuve, putnam, lemma, lemme, convergence
     4 concurrent|concurrency|concurrente, lock free, thread safe, distributed|distribue|distribuee, consensus|raft|paxos, compiler|compilateur, race condition, deadlock, dynamic programming, programmation dynamique, np hard, np complete, differential equation, equation differentielle, topology|topologie, eigenvalue*, valeurs propres, galois, cryptograph*, from scratch, fault tolerant, tolerant aux pannes, multithread*, garbage collector, lru cache, operating system, formal|formally .. verify, real time, temps reel, polynomial|polynomials|polynome, modular|modulaire
     3 architecture, complex|complexe, optimize|optimise|optimal|optimiser|optimale, performance, scalable, technical|technique, rigorous|rigoureux|rigoureusement, integral|integrale, derivative|derivee, matrix|matrice, probability|probabilite, combinatori*, recursive|recursif|recursion, o n log n, o log n, refactor|refactorise, security|securite, in depth, en profondeur, constraints|contraintes, trade offs, derive, quantum|quantique, thermodynam*, legal|juridique, diagnosis, diagnostic, knights and knaves, all integers|functions|pairs, positive integers, entiers positifs, tous les entiers, complexity|complexite, migration, asynchron*
     2 step by step, etape par etape, analyze|analyse|analyser, divides|divisible|divise, detailed|detaille|detaillee, compare|comparer, justify|justifie|justifier, comprehensive|complet|complete, expert, advanced|avance, critically, philosoph*, economic*, strategy|strategie, edge cases`,
  ],
  [
    "easy",
    `3 hello world, capital of, capitale de|du, simple|simples|simply|simplement, basic|basique, easy|facile, beginner|debutant, two numbers, deux nombres, one word, un mot, child|enfant, reverse a string, inverser une chaine`,
  ],
  [
    "given",
    `2 ${TEXT}, following, suivant|suivante|suivants, below, above, ci dessous, ci dessus, context|contexte, sentence|phrase, information, plot, fact|facts, process, question, q, situation`,
  ],
  [
    "long",
    `3 detailed|detaille|detaillee|detailles, in detail, en detail, comprehensive|exhaustive|exhaustif|exhaustivement|complet, in depth, en profondeur, approfondi|approfondie, extensive, ^${WRITE} .. long|longue, very long, tres longue, thorough|thoroughly, at length, lengthy, complete, tres long`,
  ],
  [
    "brief",
    `3 briefly|brief|short|concise|concisely|quick|quickly|succinct|succinctly, bref|breve|brievement|court|courte|concis|concise|rapide|rapidement, in one sentence, en une phrase, one word, un mot, single word, just the answer, only the answer, answer only, reponds uniquement, uniquement la reponse, seulement la reponse, no explanation, sans explication, final answer only, petit|petite, one line|liner`,
  ],
];
