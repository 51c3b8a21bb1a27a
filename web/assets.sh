# Writes the list of files that make up the page, one ASSET line each; server/http/assets.c
# expands it. Into the folder $1 goes index.html with the names of all modules, so that a
# browser asks for them at once, not for one after the other as they name each other; the page
# /docs is there already. Run from the top of the source tree.
n=0
asset() { # path served, file
    case $1 in
    *.css) type='text/css; charset=utf-8' ;;
    *.js) type='text/javascript; charset=utf-8' ;;
    *.svg) type='image/svg+xml' ;;
    *) type='text/html; charset=utf-8' ;;
    esac
    n=$((n + 1))
    printf 'ASSET(asset_%d, "%s", "%s", "%s")\n' $n "$1" "$type" "$2"
}
for file in web/*.js; do
    printf '  <link rel="modulepreload" href="/%s">\n' "${file#web/}"
done >"$1/modules.html"
sed "/<!-- modules -->/{
    r $1/modules.html
    d
}" web/index.html >"$1/index.html"
asset / "$1/index.html"
asset /docs "$1/docs.html"
for file in web/*.css web/*.js web/*.svg; do
    asset "/${file#web/}" "$file"
done
asset /uPlot.js web/node_modules/uplot/dist/uPlot.iife.min.js
asset /uPlot.css web/node_modules/uplot/dist/uPlot.min.css
